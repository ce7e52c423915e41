import { isRunfoldError, RunfoldError } from "../domain/errors.ts";
import type { Graph } from "../domain/graph.ts";
import type { RunId } from "../domain/ids.ts";
import { limits } from "../domain/limits.ts";
import { isRunEnded } from "../domain/status.ts";
import type { RunSummary } from "../projections/run-summary.ts";
import type { InboxMessage } from "../ports/journal.ts";
import type { Beginnings } from "./beginnings.ts";
import { loadRun } from "./load-run.ts";
import type { OwnedRuns } from "./owned-runs.ts";
import type { Run } from "./run.ts";
import type { RuntimeParts } from "./runtime-parts.ts";
import { recoverCommand } from "./take-over.ts";
import { heldByAnother, tenureOf } from "./tenure.ts";

export interface TakeOverOptions {
  /** Takes the run also from a process that lives, or may live. */
  readonly force: boolean;
  /** Whose functions the run's tasks are. Default: those of the graphs that the runtime was opened with. */
  readonly graph?: Graph;
}

export interface RecoveryHost {
  readonly parts: RuntimeParts;
  readonly owned: OwnedRuns;
  readonly beginnings: Beginnings;
  /** A handle to a run of the journal, whoever writes it. */
  find(id: RunId): Promise<Run | undefined>;
  /** @throws `runtime.closed` */
  refuseClosed(): void;
  report(code: string, run: RunId, error: unknown): void;
}

/** What came of looking for runs that nobody writes any more. */
export interface Recovered {
  readonly runs: readonly Run[];
  /** Whether a run was let be only for now, because its owner gave a sign of life not long ago. */
  readonly isIncomplete: boolean;
}

/** Takes over runs that have not ended although their process has. */
export class Recovery {
  readonly #host: RecoveryHost;
  /** Runs that are taken over when there is room for them, the first at the end. */
  #waiting: RunId[] = [];

  constructor(host: RecoveryHost) {
    this.#host = host;
  }

  /**
   * Makes this process the writer of a run. One that has ended, or is written here already, is returned as it is. No other beginning
   * of the same id may be under way.
   * @throws `run.unknown`; `run.live` when another process may still write it; `graph.invalid` when it cannot be run here; `runtime.full`;
   * `runtime.closed`; what the journal refuses with.
   */
  async takeOver(id: RunId, { force, graph }: TakeOverOptions): Promise<Run> {
    const { parts, owned } = this.#host;
    const { journal, clock } = parts;
    const live = owned.run(id);
    if (live !== undefined) return live;
    const summary = (await journal.entry(id))?.summary as Partial<RunSummary> | null | undefined;
    const loaded = await loadRun(id, { journal, clock, report: owned.reporterOf(id) });
    if (loaded === undefined) {
      throw new RunfoldError("run.unknown", `There is no run ${id} to take over.`, { details: { run: id } });
    }
    const { stream } = loaded;
    if (stream.isEnded) return this.#found(id);
    const { owner, life, updatedAt, graph: document } = stream.view.snapshot();
    const tenure = force ? "vacant" : await tenureOf(parts, { owner, life, updatedAt });
    if (tenure !== "vacant") throw heldByAnother(id, owner, tenure);
    parts.bindTasks(id, graph ?? { document, tasks: new Map() });
    try {
      const command = await recoverCommand(parts, id, loaded);
      const waiting = await this.#waitingFor(id);
      this.#host.refuseClosed();
      owned.refuseFull();
      // What an imported run's copy elsewhere has running is none of this one's.
      const isSwept = summary?.isImported !== true;
      const run = await owned.own({ id, life, ...loaded, command, waiting, isSwept });
      return "refused" in run ? await this.#found(id) : run;
    } catch (error) {
      // Whoever was faster writes it now.
      if (isRunfoldError(error, "journal.conflict")) return await this.#found(id);
      throw error;
    } finally {
      if (owned.actor(id) === undefined) parts.releaseTasks(id);
    }
  }

  /**
   * Takes over all of these runs that nobody writes any more. One that cannot be is reported, and stays as it is; one that came from
   * a file waits until someone asks for it by name, because its commands are the file's.
   */
  async recover(summaries: readonly RunSummary[]): Promise<Recovered> {
    const { owned, beginnings } = this.#host;
    const unfinished = summaries
      .filter(({ id, status, isImported }) => !isRunEnded(status) && isImported !== true && !owned.has(id))
      .toReversed();
    const runs: Run[] = [];
    const waiting: RunId[] = [];
    let isIncomplete = false;
    const work = async (): Promise<void> => {
      for (let next = unfinished.pop(); next !== undefined; next = unfinished.pop()) {
        const { id } = next;
        try {
          const run = await beginnings.begin(id, () => this.takeOver(id, { force: false }));
          // Another process may have been faster.
          if (owned.has(id)) runs.push(run);
        } catch (error) {
          if (isRunfoldError(error, "runtime.closed")) return;
          if (isRunfoldError(error, "runtime.full")) waiting.push(id);
          else if (isRunfoldError(error, "run.live")) isIncomplete = true;
          else this.#tell(id, error);
        }
      }
    };
    await Promise.all(Array.from({ length: limits.recoveriesAtOnceMax }, work));
    this.#waiting = waiting.toReversed();
    return { runs, isIncomplete };
  }

  /** There is room for one more run: the next that waits for it is taken over. */
  async takeNext(): Promise<void> {
    const id = this.#waiting.pop();
    if (id === undefined) return;
    try {
      await this.#host.beginnings.begin(id, () => this.takeOver(id, { force: false }));
    } catch (error) {
      if (isRunfoldError(error, "runtime.full")) this.#waiting.push(id);
      else if (!isRunfoldError(error, "run.live") && !isRunfoldError(error, "runtime.closed")) this.#tell(id, error);
    }
  }

  /** A run that is no longer there is no problem of anybody's. */
  #tell(id: RunId, error: unknown): void {
    if (!isRunfoldError(error, "run.unknown")) this.#host.report("recovery-failed", id, error);
  }

  async #waitingFor(id: RunId): Promise<readonly InboxMessage[]> {
    const { journal } = this.#host.parts;
    const messages: InboxMessage[] = [];
    for (;;) {
      const page = await journal.inbox(messages.at(-1)?.number ?? 0, limits.readCommitsMax, id);
      if (page.length === 0) return messages;
      for (const message of page) messages.push(message);
    }
  }

  async #found(id: RunId): Promise<Run> {
    const run = await this.#host.find(id);
    if (run !== undefined) return run;
    throw new RunfoldError("run.unknown", `Run ${id} is no longer there.`, { details: { run: id } });
  }
}
