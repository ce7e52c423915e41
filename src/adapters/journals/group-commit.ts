import { RunfoldError } from "../../domain/errors.ts";
import type { RunId } from "../../domain/ids.ts";
import { limits } from "../../domain/limits.ts";
import type { SqliteDriver } from "./sqlite-driver.ts";

/** After so many lone transactions the event loop gets its turn, or a run that only awaits its appends would starve timers and sockets. */
const loneTransactionsPerTurnMax = 16;

interface Job {
  /**
   * Refuses with a RunfoldError before it has changed anything, or changes what it must and returns how to tell of it once that
   * is durable. Anything else it throws is SQLite's.
   */
  readonly apply: () => () => void;
  readonly rejected: (error: unknown) => void;
}

/**
 * Lets writes that come together share one transaction and so one sync of the disk.
 *
 * Whether to wait for others is learned: a writer that was alone in the last transaction is served in a microtask and pays no
 * turn of the event loop. Once several came together, or another run writes within the same turn, writes are gathered until
 * `setImmediate`: microtasks alone gather nothing when runs resume from callbacks of their own.
 *
 * A refused write does not touch the others. When SQLite fails, the transaction is rolled back and all its writes are rejected;
 * after `journal.failed` or `journal.corrupt` every further write is rejected as well, because what reached the disk is unknown.
 */
export class GroupCommit {
  readonly #driver: SqliteDriver;
  readonly #refusalOf: (error: unknown) => RunfoldError;
  readonly #check: () => void;
  #jobs: Job[] = [];
  #isDue = false;
  #gathers = false;
  #lastRun: RunId | undefined;
  #transactionsThisTurn = 0;
  #failure: RunfoldError | undefined;

  /** `check` is called before each transaction, and throws where nothing may be written any more. */
  constructor(driver: SqliteDriver, refusalOfError: (error: unknown) => RunfoldError, check: () => void) {
    this.#driver = driver;
    this.#refusalOf = refusalOfError;
    this.#check = check;
  }

  /** `committed` is called once `apply`'s changes are durable, in the order of submission. */
  submit<Result>(run: RunId, apply: () => Result, committed: () => void): Promise<Result> {
    return new Promise((resolve, reject) => {
      this.#jobs.push({
        apply: () => {
          const result = apply();
          return () => {
            resolve(result);
            committed();
          };
        },
        rejected: reject,
      });
      this.#schedule(run);
    });
  }

  /** Commits what waits, at once. */
  flush(): void {
    this.#isDue = false;
    while (this.#jobs.length > 0) {
      const jobs = this.#jobs.splice(0, limits.batchInputsMax);
      this.#gathers = jobs.length > 1;
      this.#countTransaction();
      this.#commit(jobs);
    }
  }

  #schedule(run: RunId): void {
    const isAlone = !this.#gathers && (this.#transactionsThisTurn === 0 || run === this.#lastRun);
    this.#lastRun = run;
    if (this.#isDue) return;
    this.#isDue = true;
    if (isAlone && this.#transactionsThisTurn < loneTransactionsPerTurnMax) queueMicrotask(() => this.#flushIfDue());
    else setImmediate(() => this.#flushIfDue());
  }

  #flushIfDue(): void {
    if (this.#isDue) this.flush();
  }

  #countTransaction(): void {
    if (this.#transactionsThisTurn++ === 0) setImmediate(() => (this.#transactionsThisTurn = 0));
  }

  #commit(jobs: readonly Job[]): void {
    const settle: (() => void)[] = [];
    try {
      if (this.#failure !== undefined) throw this.#failure;
      this.#check();
      this.#driver.exec("BEGIN IMMEDIATE");
      for (const job of jobs) settle.push(attempt(job));
      this.#driver.exec("COMMIT");
    } catch (error) {
      const refusal = this.#rollBack(error);
      for (const job of jobs) job.rejected(refusal);
      return;
    }
    for (const settled of settle) settled();
  }

  #rollBack(error: unknown): RunfoldError {
    const refusal = this.#refusalOf(error);
    if (refusal.code === "journal.failed" || refusal.code === "journal.corrupt") this.#failure ??= refusal;
    try {
      if (this.#driver.isInTransaction()) this.#driver.exec("ROLLBACK");
    } catch (rollbackError) {
      this.#failure ??= this.#refusalOf(rollbackError);
    }
    return refusal;
  }
}

/** Does one write within the transaction; returns how to tell its outcome once that is durable. */
function attempt(job: Job): () => void {
  try {
    return job.apply();
  } catch (error) {
    if (!(error instanceof RunfoldError)) throw error;
    return () => job.rejected(error);
  }
}
