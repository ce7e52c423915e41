import type { Failure } from "../../../domain/failure.ts";
import { quotedValue } from "../../../domain/quoted-text.ts";
import { agentFailure } from "../agents/agent-failure.ts";

/** What the reasons mean that are no success, for people. */
const meanings: ReadonlyMap<unknown, string> = new Map([
  ["max_turn_requests", "The agent asked its model as often as it may in one turn (max_turn_requests)."],
  ["refusal", "The agent refused to go on (refusal)."],
  ["cancelled", "The agent's turn was cancelled, though nobody here asked for it."],
]);

/**
 * Why a turn that ended for this reason, with this answer, is no success; undefined where it is one. That the agent says it is done
 * is not enough: some say so when their model could not be reached, and then have no answer.
 */
export function stopReasonFailure(reason: unknown, final: string, notices: string): Failure | undefined {
  if (reason === "end_turn") {
    if (final.trim() !== "") return undefined;
    const said = notices.trim() === "" ? "" : ` Its program said: ${notices.trim()}`;
    return agentFailure("assistant-final-empty", `The agent ended its turn without an answer.${said}`);
  }
  if (reason === "max_tokens") {
    const message = "The agent's answer was cut off at its model's limit (max_tokens).";
    return agentFailure("assistant-stop", message, { kind: "truncated" });
  }
  const unknown = `The agent ended its turn for a reason unknown here: ${quotedValue(reason)}.`;
  return agentFailure("assistant-stop", meanings.get(reason) ?? unknown);
}
