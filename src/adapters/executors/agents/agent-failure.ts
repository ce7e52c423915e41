import { cutText } from "../../../domain/cut-text.ts";
import { exitText } from "../../../domain/exit-text.ts";
import type { Failure } from "../../../domain/failure.ts";
import { limits } from "../../../domain/limits.ts";
import type { Clock } from "../../../ports/clock.ts";
import type { StopRequest } from "../../../ports/executor.ts";
import type { RecordChild, RecordsEnd } from "../processes/agent-child.ts";
import { lastLines } from "../processes/output-tail.ts";

/** A failure of an agent, of kind `agent` where nothing else is said. */
export function agentFailure(
  code: string,
  message: string,
  rest: Partial<Pick<Failure, "kind" | "final" | "exitCode" | "signal">> = {},
): Failure {
  return { kind: "agent", code, message: cutText(message, limits.failureMessageCharsMax), ...rest };
}

/** The failure of an agent that was told to stop, before its start or later. What its program said of it is kept. */
export function stoppedFailure({ cause }: StopRequest, own?: Failure): Failure {
  const isLate = cause === "timedOut";
  const kind = isLate ? "timedOut" : "aborted";
  // The program knows of the request, too, and may have said it in its own words.
  if (own?.kind === kind) return own;
  const why = isLate ? "The agent passed its deadline and was told to stop" : `The agent was told to stop (${cause})`;
  const message = own === undefined ? `${why}.` : `${why}; its program said: ${own.message}`;
  return { ...own, kind, message: cutText(message, limits.failureMessageCharsMax) };
}

/**
 * Why no more records come, though the agent had not done `what`: they could not be read, or its process is gone. A process that closed its
 * output has mostly just ended, so how it ended is waited for, up to `limits.streamCloseGraceMs`.
 */
export async function goneFailure(child: RecordChild, end: RecordsEnd, clock: Clock, what: string): Promise<Failure> {
  if (end.type === "broken") return agentFailure(end.code, `What the agent wrote cannot be read: ${end.message}`);
  await exitSeen(child, clock);
  const { exit } = child;
  const how = exit === undefined ? "closed its input or output" : exitText(exit);
  const message = `The agent's program ${how} before it had ${what}.`;
  const said = lastLines(child.stderrTail, limits.failureMessageCharsMax - message.length - 1);
  return agentFailure("agent-exited", said === "" ? message : `${message}\n${said}`, {
    ...(typeof exit?.code === "number" ? { exitCode: exit.code } : {}),
    ...(typeof exit?.signal === "string" ? { signal: exit.signal } : {}),
  });
}

/** Settles when the process has ended, or when it has been waited for long enough. */
export function exitSeen(child: RecordChild, clock: Clock): Promise<void> {
  if (child.exit !== undefined) return Promise.resolve();
  return new Promise((resolve) => {
    const timer = clock.setTimer(clock.now() + limits.streamCloseGraceMs, resolve);
    const seen = (): void => {
      timer.cancel();
      resolve();
    };
    void child.exited.then(seen);
  });
}
