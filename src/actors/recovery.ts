import { isRunfoldError, RunfoldError } from "../domain/errors.ts";
import type { Graph } from "../domain/graph.ts";
import type { RunId } from "../domain/ids.ts";
import { limits } from "../domain/limits.ts";
import { isRunEnded } from "../domain/status.ts";
import type { RunSummary } from "../projections/run-summary.ts";
import { loadRun } from "./load-run.ts";
import type { OwnedRuns } from "./owned-runs.ts";
import type { Run } from "./run.ts";
import type { RuntimeParts } from "./runtime-parts.ts";
import { heldByAnother, recoverCommand, tenureOf } from "./take-over.ts";

export interface TakeOverOptions {
  /** Takes the run also from a process that lives, or may live. */
  readonly force: boolean;
  /** Whose functions the run's tasks are. Default: those of the graphs that the runtime was opened with. */
  readonly graph?: Graph;
}

/** Takes over runs that have not ended although their process has. */
export class Recovery {
  readonly #parts: RuntimeParts;
  readonly #owned: OwnedRuns;
  readonly #find: (id: RunId) => Promise<Run | undefined>;
  readonly #report: (code: string, run: RunId, error: unknown) => void;
  readonly #underWay = new Map<RunId, Promise<Run>>();

  /** `find` gives a handle to a run of the journal, whoever writes it. */
  constructor(
    parts: RuntimeParts,
    owned: OwnedRuns,
    find: (id: RunId) => Promise<Run | undefined>,
    report: (code: string, run: RunId, error: unknown) => void,
  ) {
    this.#parts = parts;
    this.#owned = owned;
    this.#find = find;
    this.#report = report;
  }

  /**
   * Makes this process the writer of a run. One that has ended, or is written here already, is returned as it is.
   * @throws `run.unknown`; `run.live` when another process may still write it; `graph.invalid` when it cannot be run here; `runtime.full`;
   * what the journal refuses with.
   */
  takeOver(id: RunId, options: TakeOverOptions): Promise<Run> {
    const known = this.#underWay.get(id);
    if (known !== undefined) return known;
    const taking = this.#takeOver(id, options).finally(() => this.#underWay.delete(id));
    this.#underWay.set(id, taking);
    return taking;
  }

  /**
   * Takes over all of these runs that nobody writes any more. One that cannot be is reported, and stays as it is; one that came from
   * a file waits until someone asks for it by name, because its commands are the file's.
   */
  async recover(runs: readonly RunSummary[]): Promise<readonly Run[]> {
    const owned = this.#owned;
    const unfinished = runs
      .filter(({ id, status, isImported }) => !isRunEnded(status) && isImported !== true && !owned.has(id))
      .toReversed();
    const recovered: Run[] = [];
    const work = async (): Promise<void> => {
      for (let next = unfinished.pop(); next !== undefined; next = unfinished.pop()) {
        const { id } = next;
        try {
          recovered.push(await this.takeOver(id, { force: false }));
        } catch (error) {
          // Somebody else's run is no problem of ours.
          if (!isRunfoldError(error, "run.live") && !isRunfoldError(error, "run.unknown")) {
            this.#report("recovery-failed", id, error);
          }
        }
      }
    };
    await Promise.all(Array.from({ length: limits.recoveriesAtOnceMax }, work));
    return recovered;
  }

  async #takeOver(id: RunId, { force, graph }: TakeOverOptions): Promise<Run> {
    const [parts, owned] = [this.#parts, this.#owned];
    const { journal, clock } = parts;
    const live = owned.run(id);
    if (live !== undefined) return live;
    const entry = await journal.entry(id);
    const loaded = entry && (await loadRun(id, { journal, clock, report: owned.reporterOf(id) }));
    if (loaded === undefined) {
      throw new RunfoldError("run.unknown", `There is no run ${id} to take over.`, { details: { run: id } });
    }
    const { state, stream, checkpointedAt } = loaded;
    if (stream.isEnded) return this.#found(id);
    const { owner, updatedAt, graph: document } = stream.view.snapshot();
    const tenure = force ? "vacant" : await tenureOf(parts, owner, updatedAt);
    if (tenure !== "vacant") throw heldByAnother(id, owner, tenure);
    parts.bindTasks(id, graph ?? { document, tasks: new Map() });
    try {
      const command = recoverCommand(parts, id, state);
      const waiting = (await journal.inbox(0)).filter((message) => message.run === id);
      owned.refuseFull();
      const run = await owned.own({ id, state, stream, command, checkpointedAt, waiting });
      return "refused" in run ? await this.#found(id) : run;
    } catch (error) {
      // Whoever was faster writes it now.
      if (isRunfoldError(error, "journal.conflict")) return await this.#found(id);
      throw error;
    } finally {
      if (!owned.has(id)) parts.releaseTasks(id);
    }
  }

  async #found(id: RunId): Promise<Run> {
    const run = await this.#find(id);
    if (run !== undefined) return run;
    throw new RunfoldError("run.unknown", `Run ${id} is no longer there.`, { details: { run: id } });
  }
}
