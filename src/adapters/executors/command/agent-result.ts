import { limits } from "../../../domain/limits.ts";
import type { StoredOutput } from "../../../domain/output.ts";
import { storeOutput } from "../../../domain/stored-output.ts";
import type { Attempt, AttemptResult } from "../../../ports/executor.ts";
import type { LineParser, ParsedFailure } from "../headless/line-parser.ts";
import { gateProblem } from "../processes/gate-problem.ts";
import { cut, exitFacts, launchFailure, stopFailure, withTail, type FinishedCommand } from "./command-result.ts";
import { jsonBytes } from "./inline-budget.ts";

/** What the end of a command that runs an agent program means for its attempt: what the program said, and how it exited. */
export async function agentResult(
  finished: FinishedCommand,
  parser: LineParser,
  attempt: Attempt,
): Promise<AttemptResult> {
  const { program, gateName, ending, stderrTail } = finished;
  const { exit, stoppedBy } = ending;
  const parsed = parser.end({
    code: exit?.code ?? null,
    signal: exit?.signal ?? null,
    wasStopped: stoppedBy !== undefined,
  });
  const notStarted = gateProblem(gateName, exit, stderrTail);
  if (notStarted !== undefined) return launchFailure(`The program ${program} could not be executed: ${notStarted}`);
  const usage = parsed.usage === undefined ? {} : { usage: parsed.usage };
  const answer = await storedText(attempt, parsed.text);
  const failure =
    stoppedBy !== undefined
      ? stopFailure(stoppedBy, program, exit)
      : parsed.type === "failed"
        ? { ...failureOf(parsed.failure, stderrTail), ...exitFacts(exit) }
        : undefined;
  if (failure !== undefined) {
    // An empty text is no evidence of anything; what the program wrote is kept as an artifact.
    const hasText = parsed.text.trim() !== "" && !("problem" in answer);
    return { type: "failed", failure, ...(hasText ? { partial: answer } : {}), ...usage };
  }
  if ("problem" in answer) {
    const message = cut(`The answer of the agent could not be kept: ${answer.problem}`);
    return { type: "failed", failure: { kind: "output", message, ...exitFacts(exit) }, ...usage };
  }
  return { type: "succeeded", output: answer, ...usage };
}

function failureOf({ kind, code, message }: ParsedFailure, stderrTail: string): ParsedFailure {
  // Where the program did not say what was wrong, its stderr may.
  return { kind, code, message: code.startsWith("agent-") ? withTail(message, stderrTail) : cut(message) };
}

async function storedText(attempt: Attempt, text: string): Promise<StoredOutput | { readonly problem: string }> {
  // As bytes and back: half a character, which JSON can hold, is no text.
  const bytes = Buffer.from(text);
  if (jsonBytes(bytes) + 2 <= limits.inlinePayloadBytesMax) return { value: bytes.toString("utf8") };
  try {
    const writer = await attempt.createArtifact("answer.txt");
    try {
      await writer.write(bytes);
      return storeOutput(await writer.commit(), "text");
    } catch (error) {
      await writer.discard().catch(() => undefined);
      throw error;
    }
  } catch (error) {
    return { problem: error instanceof Error ? error.message : String(error) };
  }
}
