import type { Failure } from "../../../domain/failure.ts";
import { quotedValue } from "../../../domain/quoted-text.ts";
import { agentFailure } from "./acp-failure.ts";

/**
 * Why a turn that ended for this reason, with this answer, is no success; undefined where it is one. That the agent says it is done
 * is not enough: some say so when their model could not be reached, and then have no answer.
 */
export function stopReasonFailure(reason: unknown, final: string, notices: string): Failure | undefined {
  switch (reason) {
    case "end_turn": {
      if (final.trim() !== "") return undefined;
      const said = notices.trim() === "" ? "" : ` Its program said: ${notices.trim()}`;
      return agentFailure("assistant-final-empty", `The agent ended its turn without an answer.${said}`);
    }
    case "max_tokens":
      return agentFailure("max-tokens", "The agent's answer was cut off at its model's limit.", { kind: "truncated" });
    case "max_turn_requests":
      return agentFailure("max-turn-requests", "The agent asked its model as often as it may in one turn.");
    case "refusal":
      return agentFailure("refusal", "The agent refused to go on.");
    case "cancelled":
      return agentFailure("cancelled", "The agent's turn was cancelled, though nobody here asked for it.", {
        kind: "aborted",
      });
    default:
      return agentFailure(
        "acp-stop-reason",
        `The agent ended its turn for a reason unknown here: ${quotedValue(reason)}.`,
      );
  }
}
