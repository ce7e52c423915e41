import type { EpochMs } from "../../../domain/ids.ts";
import { limits } from "../../../domain/limits.ts";
import type { Clock } from "../../../ports/clock.ts";
import { hasMembers, signalGroup } from "./process-group.ts";
import type { GuardedProcess } from "./spawn-guarded.ts";
import type { Waker } from "./waker.ts";

/** The system tells when the leader of a group ends, but not when its other members do: they must be asked for. */
const pollMsMin = 5;
const pollMsMax = 50;

/** The group of one process, and what its end is waited for with: `waker` must wake when the process ends. */
export interface EndedGroup {
  readonly process: GuardedProcess;
  readonly clock: Clock;
  readonly waker: Waker;
}

/** `asked`: it ended when it was asked to; `killed`: it had to be killed; `left`: not even that helped in time. */
export type GroupEnd = "asked" | "killed" | "left";

/**
 * Asks a process and its group to end, waits until `killAt` says, which is asked again whenever the waker wakes, then kills them,
 * and waits for at most `limits.abortConfirmMs` more.
 */
export async function endGroup(ended: EndedGroup, killAt: () => EpochMs): Promise<GroupEnd> {
  const { process, clock } = ended;
  if (killAt() > clock.now()) {
    signalGroup(process.pid, "SIGTERM");
    if (await isGoneBefore(ended, killAt, () => undefined)) return "asked";
  }
  const giveUpAt = clock.now() + limits.abortConfirmMs;
  // Again and again, because a member may have started another one just when the signal came.
  const kill = (): unknown => signalGroup(process.pid, "SIGKILL");
  return (await isGoneBefore(ended, () => giveUpAt, kill)) ? "killed" : "left";
}

/** Looks whether something holds at growing intervals, and whenever the waker wakes, until it does or `end` has come. */
export async function holdsBefore(
  { clock, waker }: Pick<EndedGroup, "clock" | "waker">,
  end: () => EpochMs,
  holds: () => Promise<boolean>,
): Promise<boolean> {
  for (let pollMs = pollMsMin; ; pollMs = Math.min(2 * pollMs, pollMsMax)) {
    if (await holds()) return true;
    if (clock.now() >= end()) return false;
    await waker.sleep(Math.min(end(), clock.now() + pollMs));
  }
}

/** Also a process that has ended may have left members of its group. */
async function isGoneBefore(
  { process, clock, waker }: EndedGroup,
  end: () => EpochMs,
  act: () => unknown,
): Promise<boolean> {
  for (let pollMs = pollMsMin; ; pollMs = Math.min(2 * pollMs, pollMsMax)) {
    act();
    if (process.exit !== undefined && !(await hasMembers(process.pid))) return true;
    if (clock.now() >= end()) return false;
    await waker.sleep(process.exit === undefined ? end() : Math.min(end(), clock.now() + pollMs));
  }
}
