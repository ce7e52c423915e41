import type { EpochMs } from "../../../domain/ids.ts";
import { limits } from "../../../domain/limits.ts";
import type { Clock } from "../../../ports/clock.ts";
import type { Attempt, StopRequest } from "../../../ports/executor.ts";
import { endGroup, holdsBefore } from "../processes/end-group.ts";
import { hasMembers } from "../processes/process-group.ts";
import type { ProcessStop } from "../processes/process-stop.ts";
import type { GuardedProcess, ProcessExit } from "../processes/spawn-guarded.ts";
import { Waker } from "../processes/waker.ts";
import type { StreamCapture } from "./stream-capture.ts";

/** How a command came to its end. */
export interface Ending {
  /** Undefined for a process that did not even end when it was killed. */
  readonly exit: ProcessExit | undefined;
  /** The request that ended it; undefined where it had ended before it could be signalled. */
  readonly stoppedBy: StopRequest | undefined;
  /** No member of its group is left. */
  readonly isGroupGone: boolean;
}

export interface Supervised {
  readonly process: GuardedProcess;
  readonly streams: readonly StreamCapture[];
  readonly stop: ProcessStop;
  readonly clock: Clock;
  readonly diagnostic: Attempt["diagnostic"];
  /** Ends what the command started and what has left its group. */
  readonly endEscaped: () => Promise<unknown>;
}

/** After a command was stopped, what still comes is waited for so many times `limits.streamCloseGraceMs`. */
const forcedRoundsMax = 4;

/** Waits for a command to end, or makes it end when it is told to, with everything that it started. Never rejects. */
export async function supervise(supervised: Supervised): Promise<Ending> {
  return await new Supervisor(supervised).run();
}

class Supervisor {
  readonly process: GuardedProcess;
  readonly clock: Clock;
  readonly waker: Waker;
  private readonly command: Supervised;
  private readonly group: number;

  constructor(command: Supervised) {
    this.command = command;
    this.process = command.process;
    this.clock = command.clock;
    this.group = command.process.pid;
    this.waker = new Waker(command.clock);
    const wake = (): void => this.waker.wake();
    command.stop.onRequest(wake);
    for (const event of [command.process.exited, ...command.streams.map(({ ended }) => ended)]) void event.then(wake);
  }

  async run(): Promise<Ending> {
    const { process, stop } = this.command;
    while (process.exit === undefined && stop.request === undefined) await this.waker.sleep();
    const stoppedBy = process.exit === undefined ? stop.request : undefined;
    const isGroupGone = stoppedBy === undefined ? await this.endNormally() : await this.endByForce();
    if (process.exit === undefined) {
      process.abandon();
      this.command.diagnostic("command-not-ended", "error", `Process ${process.pid} did not end when it was killed.`);
    }
    return { exit: process.exit, stoppedBy, isGroupGone };
  }

  /** The leader has ended by itself. Its output may still be on the way, and children of it may be left. */
  private async endNormally(): Promise<boolean> {
    const { diagnostic, stop } = this.command;
    const graceEnd = this.now() + limits.streamCloseGraceMs;
    const end = (): EpochMs => (stop.request === undefined ? graceEnd : this.now());
    let hasLeft = true;
    await holdsBefore(this, end, async () => {
      hasLeft = await hasMembers(this.group);
      return !hasLeft && this.haveEnded();
    });
    let isGone = true;
    if (hasLeft) {
      diagnostic(
        "command-left-processes",
        "warning",
        "The command ended, but processes it had started did not; they were ended.",
      );
      const killAt = this.now() + limits.streamCloseGraceMs;
      isGone = (await endGroup(this, () => Math.min(killAt, stop.killAt))) !== "left";
    }
    if (!(await this.drain(() => stop.request !== undefined))) {
      const message = "A process that left the command's group holds its output open; what it writes is not kept.";
      diagnostic("command-left-processes", "warning", message);
    }
    return isGone;
  }

  private async endByForce(): Promise<boolean> {
    const isGone = (await endGroup(this, () => this.command.stop.killAt)) !== "left";
    await this.command.endEscaped().catch(() => undefined);
    let rounds = 0;
    await this.drain(() => ++rounds === forcedRoundsMax);
    return isGone;
  }

  /**
   * Waits for the streams to end, as long as anything still comes or is being kept, and until `isEnough` says so after a
   * round without an end. Streams that are only held open are cut; that gives false.
   */
  private async drain(isEnough: () => boolean): Promise<boolean> {
    const { streams } = this.command;
    while (!this.haveEnded()) {
      const before = this.steps();
      const end = this.now() + limits.streamCloseGraceMs;
      while (!this.haveEnded() && this.now() < end) await this.waker.sleep(end);
      const isMoving = this.steps() > before || streams.some((stream) => stream.isBusy);
      if (this.haveEnded()) break;
      if (isMoving && !isEnough()) continue;
      for (const stream of streams) stream.stop();
      return false;
    }
    return true;
  }

  private haveEnded(): boolean {
    return this.command.streams.every((stream) => stream.hasEnded);
  }

  private steps(): number {
    return this.command.streams.reduce((sum, stream) => sum + stream.steps, 0);
  }

  private now(): EpochMs {
    return this.clock.now();
  }
}
