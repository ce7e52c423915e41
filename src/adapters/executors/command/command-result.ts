import { constants } from "node:os";
import { cutText } from "../../../domain/cut-text.ts";
import type { Failure } from "../../../domain/failure.ts";
import type { Json } from "../../../domain/json.ts";
import { limits } from "../../../domain/limits.ts";
import type { SpilledPart, StoredOutput } from "../../../domain/output.ts";
import type { AttemptResult, StopRequest } from "../../../ports/executor.ts";
import { gateProblem } from "../processes/gate-problem.ts";
import { lastLines } from "../processes/output-tail.ts";
import type { ProcessExit } from "../processes/spawn-guarded.ts";
import type { KeptOutput } from "./output-store.ts";
import type { Ending } from "./supervise.ts";

export interface FinishedCommand {
  /** What messages call it. */
  readonly program: string;
  readonly gateName: string;
  readonly ending: Ending;
  readonly stdout: KeptOutput;
  readonly stderr: KeptOutput;
  readonly stderrTail: string;
}

/** What a command's end means for its attempt. */
export function commandResult(finished: FinishedCommand): AttemptResult {
  const { ending, stdout, stderr } = finished;
  const notStarted = gateProblem(finished.gateName, ending.exit, finished.stderrTail);
  if (notStarted !== undefined) {
    return launchFailure(`The program ${finished.program} could not be executed: ${notStarted}`);
  }
  const partial = storedOutput(finished);
  const failure = failureOf(finished);
  if (failure !== undefined) return { type: "failed", failure, partial };
  const problem = stdout.problem ?? stderr.problem;
  if (problem !== undefined) {
    return {
      type: "failed",
      failure: {
        kind: "output",
        message: cut(`The command's output could not be kept: ${problem}`),
        ...exitFacts(ending.exit),
      },
      partial,
    };
  }
  return { type: "succeeded", output: partial };
}

/** The command was never started, and would not be the next time. */
export function launchFailure(message: string): AttemptResult {
  return { type: "failed", failure: { kind: "launch", message: cut(message), final: true } };
}

/** The failure of a command that was told to stop before or while it ran. */
export function stopFailure({ cause }: StopRequest, program: string, exit: ProcessExit | undefined): Failure {
  const how =
    exit === undefined
      ? ""
      : exit.signal === null
        ? ` and exited with code ${exit.code}`
        : ` and ended by ${exit.signal}`;
  const why = cause === "timedOut" ? "passed its deadline, was told to stop" : `was told to stop (${cause})`;
  return {
    kind: cause === "timedOut" ? "timedOut" : "aborted",
    message: cut(`${program} ${why}${how}.`),
    ...exitFacts(exit),
  };
}

function failureOf({ program, ending, stderrTail }: FinishedCommand): Failure | undefined {
  const { exit, stoppedBy } = ending;
  if (stoppedBy !== undefined) return stopFailure(stoppedBy, program, exit);
  if (exit?.code === 0) return undefined;
  const facts = exitFacts(exit);
  if (exit !== undefined && exit.signal !== null) {
    return { kind: "signal", message: withTail(`${program} was ended by ${exit.signal}`, stderrTail), ...facts };
  }
  return { kind: "exit", message: withTail(`${program} exited with code ${exit?.code}`, stderrTail), ...facts };
}

function storedOutput({ ending, stdout, stderr }: FinishedCommand): StoredOutput {
  const droppedBytes = stdout.droppedBytes + stderr.droppedBytes;
  const value: Json = {
    stdout: stdout.text,
    stderr: stderr.text,
    exitCode: shellExitCode(ending.exit),
    ...(droppedBytes === 0 ? {} : { droppedBytes }),
  };
  const spilled: SpilledPart[] = [];
  if (stdout.artifact !== undefined) spilled.push({ pointer: "/stdout", artifact: stdout.artifact, encoding: "text" });
  if (stderr.artifact !== undefined) spilled.push({ pointer: "/stderr", artifact: stderr.artifact, encoding: "text" });
  return spilled.length === 0 ? { value } : { value, spilled };
}

/** As shells count: a process that was ended by signal n has the code 128 + n. */
function shellExitCode(exit: ProcessExit | undefined): number {
  if (exit === undefined) return 128 + constants.signals.SIGKILL;
  return exit.signal === null ? (exit.code ?? 0) : 128 + constants.signals[exit.signal];
}

/** How a process ended, as a failure keeps it. */
export function exitFacts(exit: ProcessExit | undefined): Pick<Failure, "exitCode" | "signal"> {
  if (exit === undefined) return {};
  if (exit.signal !== null) return { signal: exit.signal };
  return exit.code === null ? {} : { exitCode: exit.code };
}

/** A message with the last lines of stderr below it, as far as they fit. */
export function withTail(message: string, tail: string): string {
  const head = cut(message);
  const lines = lastLines(tail, limits.failureMessageCharsMax - head.length - 1);
  return lines === "" ? head : `${head}\n${lines}`;
}

/** A message within its limit. */
export function cut(message: string): string {
  return cutText(message, limits.failureMessageCharsMax);
}
