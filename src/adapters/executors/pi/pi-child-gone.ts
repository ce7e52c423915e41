import type { Failure } from "../../../domain/failure.ts";
import { limits } from "../../../domain/limits.ts";
import type { Clock } from "../../../ports/clock.ts";
import type { RecordChild, RecordsEnd } from "../processes/agent-child.ts";
import { failure, unrecovered } from "./pi-outcome.ts";

const stderrCharsMax = 1_000;

/** Why there is nothing more to hear. The process may end a little after its stdout; how it ended is waited for that long. */
export async function childGone(
  child: RecordChild,
  how: RecordsEnd,
  clock: Clock,
  overflow: string | undefined,
): Promise<Failure> {
  if (how.type === "broken") return failure(how.code, how.message);
  await exitOf(child, clock);
  if (overflow !== undefined) return unrecovered(overflow);
  const { exit } = child;
  const said = child.stderrTail.trim().slice(-stderrCharsMax);
  const why = said === "" ? "" : `; it wrote: ${said}`;
  if (exit === undefined) {
    return failure("agent-exited", `pi closed its output before the agent had ended (no agent_end)${why}`);
  }
  const { code, signal } = exit;
  const ended = signal === null ? `with exit code ${code}` : `by ${signal}`;
  return {
    ...failure("agent-exited", `pi ended ${ended} before the agent had ended (no agent_end)${why}`),
    ...(code === null ? {} : { exitCode: code }),
    ...(signal === null ? {} : { signal }),
  };
}

async function exitOf(child: RecordChild, clock: Clock): Promise<void> {
  if (child.exit !== undefined) return;
  let lapse: (() => void) | undefined;
  const lapsed = new Promise<void>((resolve) => (lapse = resolve));
  const timer = clock.setTimer(clock.now() + limits.streamCloseGraceMs, () => lapse?.());
  await Promise.race([child.exited, lapsed]);
  timer.cancel();
}
