import type { EpochMs } from "../../../domain/ids.ts";
import { limits } from "../../../domain/limits.ts";
import type { Attempt } from "../../../ports/executor.ts";
import type { AttemptProcesses } from "./attempt-processes.ts";
import { endGroup, holdsBefore, type EndedGroup, type GroupEnd } from "./end-group.ts";
import type { MarkedEnd } from "./marked-processes.ts";
import { hasMembers } from "./process-group.ts";
import type { ProcessRecordChild } from "./record-child.ts";
import type { ProcessExit } from "./spawn-guarded.ts";
import { Waker } from "./waker.ts";

/** A child whose work is over, one way or another. */
export interface LeavingChild {
  readonly child: ProcessRecordChild;
  readonly processes: AttemptProcesses;
  readonly diagnostic: Attempt["diagnostic"];
}

/** What became of a child. */
export interface CloseOut {
  /** Undefined for a process that did not even end when it was killed. */
  readonly exit: ProcessExit | undefined;
  /** It had to be killed, or was still there when that was tried. */
  readonly wasKilled: boolean;
  /** Nothing of it is left, neither its group nor what left that. */
  readonly isGone: boolean;
}

/**
 * Lets a child go whose work is done: ends its stdin and gives it `limits.childLeaveMs` to leave by itself, as long again after SIGTERM,
 * then kills it, and ends whatever it leaves behind. A request to stop shortens all of it. Never rejects.
 */
export async function letLeave(leaving: LeavingChild): Promise<CloseOut> {
  return await new Closing(leaving).letLeave();
}

/**
 * Ends a child whose work was stopped or has failed: its stdin ends and SIGTERM comes at once, SIGKILL when the stop's grace is over, or
 * after `limits.childLeaveMs` where nobody asked it to stop. A forced stop kills at once. Then whatever it leaves behind is ended. Never rejects.
 */
export async function endNow(leaving: LeavingChild): Promise<CloseOut> {
  return await new Closing(leaving).endNow();
}

class Closing {
  private readonly child: ProcessRecordChild;
  private readonly processes: AttemptProcesses;
  private readonly diagnostic: Attempt["diagnostic"];
  private readonly group: EndedGroup;

  constructor({ child, processes, diagnostic }: LeavingChild) {
    this.child = child;
    this.processes = processes;
    this.diagnostic = diagnostic;
    const { clock, stop } = processes;
    const waker = new Waker(clock);
    this.group = { process: child.process, clock, waker };
    stop.onRequest(() => waker.wake());
    void child.exited.then(() => waker.wake());
  }

  async letLeave(): Promise<CloseOut> {
    const { stop } = this.processes;
    this.child.endInput();
    const leaveAt = this.after(limits.childLeaveMs);
    const isNear = (): boolean => this.child.exit !== undefined || stop.request !== undefined;
    while (!isNear() && this.now() < leaveAt) await this.group.waker.sleep(leaveAt);
    if (this.child.exit === undefined) {
      if (stop.request === undefined) {
        this.tell(
          "agent-stayed",
          `Its work was over, but process ${this.child.pid} did not leave; it was told to end.`,
        );
      }
      return await this.endNow();
    }
    return await this.finish(await this.endLeft());
  }

  async endNow(): Promise<CloseOut> {
    const { stop } = this.processes;
    if (this.child.exit !== undefined) return await this.finish(await this.endLeft());
    this.child.endInput();
    const graceEnd = stop.request === undefined ? this.after(limits.childLeaveMs) : Number.POSITIVE_INFINITY;
    const end = await endGroup(this.group, () => Math.min(graceEnd, stop.killAt));
    if (end === "killed") {
      const why =
        stop.request?.force === true ? "was killed at once, as asked" : "did not end when told to; it was killed";
      this.tell("agent-killed", `Process ${this.child.pid} or a child of it ${why}.`);
    }
    return await this.finish(end);
  }

  /** The leader has ended by itself; its children may need a moment to follow. */
  private async endLeft(): Promise<GroupEnd> {
    const { stop } = this.processes;
    const graceEnd = this.after(limits.streamCloseGraceMs);
    const end = (): EpochMs => (stop.request === undefined ? graceEnd : this.now());
    if (await holdsBefore(this.group, end, async () => !(await hasMembers(this.child.pid)))) return "asked";
    this.tell("agent-left-processes", "The agent ended, but processes it had started did not; they were ended.");
    const killAt = this.after(limits.streamCloseGraceMs);
    return await endGroup(this.group, () => Math.min(killAt, stop.killAt));
  }

  private async finish(end: GroupEnd): Promise<CloseOut> {
    const { child, processes } = this;
    const escaped = await this.endEscaped();
    if (escaped.ended > 0) {
      const message = `${escaped.ended} processes that the agent had started, and that had left its group, were ended.`;
      this.tell("agent-left-processes", message);
    }
    const isGone = end !== "left" && escaped.areGone;
    if (!isGone) {
      this.diagnostic(
        "agent-not-ended",
        "error",
        `Process ${child.pid} or a child of it did not end when it was killed.`,
      );
    }
    if (end !== "left") processes.release(child.process);
    if (child.exit === undefined) child.process.abandon();
    // Nobody is left who could write, so what is still in the pipes is all there is.
    else if (isGone) await child.drained;
    child.detach();
    return { exit: child.exit, wasKilled: end !== "asked", isGone };
  }

  private async endEscaped(): Promise<MarkedEnd> {
    try {
      return await this.processes.endEscaped();
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      this.tell("agent-left-processes", `What the agent may have left running could not be looked for: ${why}`);
      return { ended: 0, areGone: false };
    }
  }

  private tell(code: string, message: string): void {
    this.diagnostic(code, "warning", message);
  }

  private after(ms: number): EpochMs {
    return this.now() + ms;
  }

  private now(): EpochMs {
    return this.processes.clock.now();
  }
}
