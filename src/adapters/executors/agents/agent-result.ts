import type { Failure } from "../../../domain/failure.ts";
import { limits } from "../../../domain/limits.ts";
import type { StoredOutput } from "../../../domain/output.ts";
import type { Attempt, AttemptResult, StopRequest } from "../../../ports/executor.ts";
import { stoppedFailure } from "./agent-failure.ts";
import type { AgentEnding } from "./agent-program.ts";
import { cutText } from "../../../domain/cut-text.ts";
import { reasonOf } from "./reason-of.ts";
import { storedText } from "./stored-text.ts";

/** Several answers as one text, each under a heading with its number; a single one as it is. */
export function joinedFinals(finals: readonly string[]): string {
  const [only] = finals;
  if (only !== undefined && finals.length === 1) return only;
  return finals.map((final, index) => `## Answer ${index + 1} of ${finals.length}\n\n${final}`).join("\n\n");
}

/** What an agent left that did not succeed, for people and for the steps after it; blank where it left nothing. */
export function leftText({ finals, lastText }: Extract<AgentEnding, { type: "failed" }>): string {
  if (lastText.trim() === "") return joinedFinals(finals);
  if (finals.length === 0) return lastText;
  return `${joinedFinals(finals)}\n\n## Unfinished text after that\n\n${lastText}`;
}

/**
 * What a conversation's end means for its attempt. An answer too large for the journal goes into an artifact; one that cannot be kept is a failure.
 * One that came in spite of a request to stop counts; a failure after such a request is that of the request.
 */
export async function agentResult(
  attempt: Attempt,
  ending: AgentEnding,
  stop: StopRequest | undefined,
): Promise<AttemptResult> {
  const usage = ending.usage === undefined ? {} : { usage: ending.usage };
  if (ending.type === "succeeded") {
    try {
      return {
        type: "succeeded",
        output: await storedText(attempt, "output.txt", joinedFinals(ending.finals)),
        ...usage,
      };
    } catch (error) {
      const message = cutText(
        `The agent's answer could not be kept: ${reasonOf(error)}`,
        limits.failureMessageCharsMax,
      );
      return { type: "failed", failure: { kind: "output", message }, ...usage };
    }
  }
  const failure = shortened(stop === undefined ? ending.failure : stoppedFailure(stop, ending.failure));
  const partial = await partialOutput(attempt, leftText(ending));
  return { type: "failed", failure, ...(partial === undefined ? {} : { partial }), ...usage };
}

/** The agent was never started, and would not be the next time. */
export function launchFailure(code: string, message: string): AttemptResult {
  const failure: Failure = {
    kind: "launch",
    code,
    message: cutText(message, limits.failureMessageCharsMax),
    final: true,
  };
  return { type: "failed", failure };
}

/** Evidence is worth less than the failure it belongs to, so that it cannot be kept is only told. */
async function partialOutput(attempt: Attempt, text: string): Promise<StoredOutput | undefined> {
  if (text.trim() === "") return undefined;
  try {
    return await storedText(attempt, "partial.txt", text);
  } catch (error) {
    attempt.diagnostic(
      "agent-partial-lost",
      "warning",
      `What the agent had written could not be kept: ${reasonOf(error)}`,
    );
    return undefined;
  }
}

function shortened(failure: Failure): Failure {
  return { ...failure, message: cutText(failure.message, limits.failureMessageCharsMax) };
}
