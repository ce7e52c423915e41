import type { Attempt, AttemptOwner } from "../../../ports/executor.ts";
import { AttemptProcesses } from "./attempt-processes.ts";
import type { ChildProcesses } from "./child-processes.ts";

/** The child processes of one executor, attempt by attempt. Its `sweep` and `close` are those of the executor. */
export class ExecutorProcesses {
  private readonly all: ChildProcesses;
  private readonly live = new Map<AttemptProcesses, Promise<unknown>>();
  private isClosed = false;

  constructor(all: ChildProcesses) {
    this.all = all;
  }

  /**
   * Does the work of one attempt, and removes its private files when that is over. The work must leave no process behind, and end soon
   * when `stop` of what it is given says so, which is also how closing tells it.
   * @throws Error after `close`; whatever the work throws
   */
  async execute<Result>(
    attempt: Pick<Attempt, "owner" | "stop" | "diagnostic">,
    work: (processes: AttemptProcesses) => Promise<Result>,
  ): Promise<Result> {
    this.refuseClosed();
    const mark = await this.all.use(this);
    const processes = new AttemptProcesses(this.all, mark, attempt);
    const running = this.run(processes, work, attempt);
    this.live.set(processes, running);
    try {
      return await running;
    } finally {
      this.live.delete(processes);
    }
  }

  /** Ends what earlier owners of a run left running. */
  async sweep(owner: AttemptOwner): Promise<void> {
    await this.all.sweep(owner);
  }

  /** Ends all attempts by force, but for those that are leaving already, and resolves when nothing of them is left. */
  async close(): Promise<void> {
    this.isClosed = true;
    for (const { isLeaving, stop } of this.live.keys()) {
      if (!isLeaving) stop.make({ cause: "canceled", graceMs: 0, force: true });
    }
    await Promise.allSettled(this.live.values());
    await this.all.leave(this);
  }

  private async run<Result>(
    processes: AttemptProcesses,
    work: (processes: AttemptProcesses) => Promise<Result>,
    attempt: Pick<Attempt, "diagnostic">,
  ): Promise<Result> {
    try {
      this.refuseClosed();
      return await work(processes);
    } finally {
      await processes.files.remove().catch((error: unknown) => {
        const why = error instanceof Error ? error.message : String(error);
        attempt.diagnostic("private-files-left", "warning", `Private files of an attempt could not be removed: ${why}`);
      });
    }
  }

  private refuseClosed(): void {
    if (this.isClosed) throw new Error("the executor is closed");
  }
}
