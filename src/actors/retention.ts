import type { EpochMs, RunId, RunLife } from "../domain/ids.ts";
import type { RunSummary } from "../projections/run-summary.ts";
import type { Clock, Timer } from "../ports/clock.ts";

/**
 * Cleans ended runs up when their time of retention is over. A cleanup that fails is reported, and tried again when the
 * journal is next opened; a process is not kept alive for it.
 */
export class Retention {
  readonly #clock: Clock;
  readonly #cleanUp: (run: RunId, life: RunLife) => Promise<unknown>;
  readonly #report: (code: string, cause: unknown) => void;
  readonly #timers = new Map<RunId, Timer>();

  /** `cleanUp` must leave a run of another life alone: ids are used again. */
  constructor(
    clock: Clock,
    cleanUp: (run: RunId, life: RunLife) => Promise<unknown>,
    report: (code: string, cause: unknown) => void,
  ) {
    this.#clock = clock;
    this.#cleanUp = cleanUp;
    this.#report = report;
  }

  /** Takes up what an earlier process left; a run that was being cleaned up is finished at once. */
  watch(runs: readonly RunSummary[]): void {
    for (const { id, life, cleanupAt, isCleaned } of runs) {
      this.add(id, life, isCleaned === true ? this.#clock.now() : cleanupAt);
    }
  }

  add(run: RunId, life: RunLife, cleanupAt: EpochMs | undefined): void {
    if (cleanupAt === undefined) return;
    const fire = (): void => {
      this.#timers.delete(run);
      this.#cleanUp(run, life).catch((error: unknown) => this.#report("retention-cleanup-failed", error));
    };
    this.#timers.get(run)?.cancel();
    this.#timers.set(run, this.#clock.setTimer(cleanupAt, fire, { isBackground: true }));
  }

  /** The run was cleaned up before its time. */
  forget(run: RunId): void {
    this.#timers.get(run)?.cancel();
    this.#timers.delete(run);
  }

  close(): void {
    for (const timer of this.#timers.values()) timer.cancel();
    this.#timers.clear();
  }
}
