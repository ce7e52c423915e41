import { randomBytes } from "node:crypto";
import type { Clock } from "../../../ports/clock.ts";
import type { AttemptOwner } from "../../../ports/executor.ts";
import { Guardian } from "./guardian.ts";
import { MarkedProcesses } from "./marked-processes.ts";
import { endOrphans, ownerMark } from "./orphans.ts";
import { sweepScratch } from "./scratch-directories.ts";

export interface ChildProcessesOptions {
  readonly clock: Clock;
  /** Where the guardian finds its tools; PATH of this process where it is not given. */
  readonly path?: string | undefined;
}

/**
 * Owns the child processes of all executors that are built on it: one guardian ends what lives when this process dies, one mark names
 * all that they start. It is released when the last executor that used it has closed, and begins anew if one uses it after that.
 */
export class ChildProcesses {
  readonly clock: Clock;
  readonly guardian: Guardian;
  readonly marked: MarkedProcesses;
  private readonly mark = randomBytes(12).toString("hex");
  private readonly users = new Set<object>();
  /** A run may end before its sweep does, when nothing of it is run again. */
  private readonly sweeps = new Map<string, Promise<unknown>>();
  private release: Promise<void> | undefined;
  private started = 0;

  constructor({ clock, path = process.env["PATH"] }: ChildProcessesOptions) {
    this.clock = clock;
    this.guardian = new Guardian(this.mark, path);
    this.marked = new MarkedProcesses(this.mark);
  }

  /** For an executor that is about to start something. Resolves to the mark of what it starts. */
  async use(user: object): Promise<string> {
    this.users.add(user);
    await this.release;
    return `${this.mark}-${++this.started}`;
  }

  /**
   * Ends what earlier owners of a run left running, then removes the private directories that they left. Several executors that ask at
   * once share the work.
   * @throws Error saying what could not be ended or removed
   */
  async sweep(owner: AttemptOwner): Promise<void> {
    const name = ownerMark(owner);
    let sweep = this.sweeps.get(name);
    if (sweep === undefined) {
      const work = endOrphans(owner).then(() => sweepScratch(owner));
      sweep = work.finally(() => this.sweeps.delete(name));
      this.sweeps.set(name, sweep);
    }
    await sweep;
  }

  /** For an executor whose attempts have all ended. The last one takes the guardian along, and what has left its group. */
  async leave(user: object): Promise<void> {
    this.users.delete(user);
    if (this.users.size > 0) return;
    this.release ??= this.releaseAll().finally(() => (this.release = undefined));
    await this.release;
  }

  private async releaseAll(): Promise<void> {
    await Promise.allSettled(this.sweeps.values());
    // What left its group under a program that ended well may have been let be until now.
    if (this.started > 0) await this.marked.end(this.clock).catch(() => undefined);
    await this.guardian.close();
  }
}
