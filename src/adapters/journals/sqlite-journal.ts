import { resolve } from "node:path";
import type { Commit } from "../../domain/commit.ts";
import { RunfoldError } from "../../domain/errors.ts";
import type { EpochMs, Position, RunId, RunLife } from "../../domain/ids.ts";
import type { Json } from "../../domain/json.ts";
import { limits } from "../../domain/limits.ts";
import type { NoticeMark, RunNoticeMark } from "../../domain/notice.ts";
import type { AppendOptions, Checkpoint, InboxMessage, Journal, NoticeQuery, RunEntry } from "../../ports/journal.ts";
import { ChangePoll } from "./change-poll.ts";
import { encodeCommit } from "./commit-codec.ts";
import { checkConsecutive } from "./consecutive-commits.ts";
import { followRun } from "./follow-run.ts";
import { GroupCommit } from "./group-commit.ts";
import { conflict, fullMailbox, otherLife, unknownRun } from "./refusals.ts";
import { sameFileCheck } from "./same-file.ts";
import type { SqliteDriver } from "./sqlite-driver.ts";
import { journalRefusal, refusalOf, runningRefusalOf } from "./sqlite-errors.ts";
import { closeDatabase, openDatabase } from "./sqlite-open.ts";
import { SqliteTables } from "./sqlite-tables.ts";
import { Wakeups } from "./wakeups.ts";
import { Watchers } from "./watchers.ts";

export interface SqliteJournalOptions {
  /**
   * `full`, the default, syncs the disk before an append resolves: what was acknowledged survives a power loss.
   * `relaxed` does not wait for the disk: it may lose the last commits at a power loss, never at a crash of the process, and
   * never in the middle.
   */
  readonly durability?: "full" | "relaxed";
  /** Opens an existing journal for reading alone, also where nothing can be written. */
  readonly readOnly?: boolean;
}

/**
 * A journal in one SQLite file, which other processes may read, follow and send messages to at the same time.
 *
 * Opens, or creates with its directories, at once; a file for its owner alone. Beside the file SQLite keeps `-wal` and `-shm`.
 * @throws `journal.unopenable`, `journal.readOnly`, `journal.foreign`, `journal.newer`, `journal.busy`, `journal.corrupt`,
 *   `journal.full` or `journal.failed`, each with the path and what to do.
 */
export function sqliteJournal(path: string, options: SqliteJournalOptions = {}): Journal {
  const { durability = "full", readOnly = false } = options;
  if (path === "" || path === ":memory:") {
    throw journalRefusal(
      "journal.unopenable",
      `"${path}"`,
      new Error("use memoryJournal() for a journal without a file"),
    );
  }
  const file = resolve(path);
  const driver = openDatabase(file, { durability, readOnly });
  try {
    return new SqliteJournal(file, readOnly, driver);
  } catch (error) {
    driver.close();
    throw refusalOf(error, file);
  }
}

class SqliteJournal implements Journal {
  readonly location: string;
  readonly isReadOnly: boolean;
  readonly #driver: SqliteDriver;
  readonly #tables: SqliteTables;
  readonly #commits: GroupCommit;
  readonly #poll: ChangePoll;
  readonly #wakeups = new Wakeups();
  readonly #watchers = new Watchers();
  #isClosed = false;

  constructor(path: string, isReadOnly: boolean, driver: SqliteDriver) {
    this.location = path;
    this.isReadOnly = isReadOnly;
    this.#driver = driver;
    this.#tables = new SqliteTables(driver);
    const check = isReadOnly ? () => undefined : sameFileCheck(path);
    this.#commits = new GroupCommit(driver, (error) => runningRefusalOf(error, path), check);
    this.#poll = new ChangePoll(
      () => this.#tables.dataVersion(),
      () => {
        this.#wakeups.wakeAll();
        this.#watchers.tell();
      },
    );
  }

  async append(run: RunId, expected: Position, commits: readonly Commit[], options: AppendOptions = {}): Promise<void> {
    const position = checkConsecutive(run, expected, commits);
    const bodies = commits.map(encodeCommit);
    return this.#write(
      run,
      () => this.#apply(run, expected, position, commits, bodies, options),
      () => this.#wakeups.wake(run),
    );
  }

  async read(run: RunId, after: Position, limit: number = limits.readCommitsMax): Promise<readonly Commit[]> {
    return this.#read(() => this.#tables.page(run, after, limit).commits);
  }

  async head(run: RunId): Promise<Position> {
    return this.#read(() => this.#tables.position(run));
  }

  async *follow(run: RunId, after: Position, signal: AbortSignal): AsyncGenerator<readonly Commit[], void> {
    this.#checkOpen();
    const leave = this.#read(() => this.#poll.use());
    try {
      yield* followRun(
        {
          page: (place) => this.#read(() => this.#tables.page(run, place, limits.readCommitsMax)),
          changed: () => this.#poll.await(this.#wakeups.wait(run, signal)),
          hasEnded: () => signal.aborted || this.#isClosed,
        },
        after,
      );
    } finally {
      leave();
    }
  }

  async list(last?: number): Promise<readonly RunEntry[]> {
    return this.#read(() => this.#tables.list(last));
  }

  async entry(run: RunId): Promise<RunEntry | undefined> {
    return this.#read(() => this.#tables.entry(run));
  }

  async delete(run: RunId, expected?: Position, life?: RunLife): Promise<void> {
    return this.#write(
      run,
      () => {
        const number = this.#tables.number(run);
        if (number === undefined || !this.#tables.isLife(number, life)) return;
        if (expected === undefined || this.#tables.position(run) === expected) this.#tables.remove(number);
      },
      () => this.#wakeups.wake(run),
    );
  }

  async send(run: RunId, message: Json): Promise<number> {
    return this.#write(
      run,
      () => {
        const number = this.#tables.send(run, message);
        if (number === undefined) throw this.#tables.number(run) === undefined ? unknownRun(run) : fullMailbox(run);
        return number;
      },
      () => this.#watchers.tell(),
    );
  }

  async inbox(after: number, limit: number = limits.inboxMessagesMax, run?: RunId): Promise<readonly InboxMessage[]> {
    return this.#read(() => this.#tables.inbox(after, limit, run));
  }

  watch(changed: () => void): () => void {
    const leave = this.#read(() => this.#poll.use());
    const remove = this.#watchers.add(changed);
    let isWatching = true;
    return () => {
      if (!isWatching) return;
      isWatching = false;
      remove();
      leave();
    };
  }

  async renewLease(owner: string, until: EpochMs): Promise<void> {
    return this.#write(owner, () => this.#tables.renewLease(owner, until));
  }

  async leaseOf(owner: string): Promise<EpochMs | undefined> {
    return this.#read(() => this.#tables.leaseOf(owner));
  }

  async saveCheckpoint(run: RunId, checkpoint: Checkpoint): Promise<void> {
    return this.#write(run, () => {
      const number = this.#tables.number(run);
      if (number !== undefined) this.#tables.saveCheckpoint(number, checkpoint);
    });
  }

  async loadCheckpoint(run: RunId): Promise<Checkpoint | undefined> {
    return this.#read(() => this.#tables.loadCheckpoint(run));
  }

  async markNotice(run: RunId, mark: NoticeMark, life?: RunLife): Promise<void> {
    return this.#write(run, () => {
      const number = this.#tables.number(run);
      if (number !== undefined && this.#tables.isLife(number, life)) this.#tables.notices.mark(number, mark);
    });
  }

  async noticeMarks(query: NoticeQuery): Promise<readonly RunNoticeMark[]> {
    return this.#read(() => this.#tables.notices.find(query));
  }

  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#commits.flush();
    this.#poll.stop();
    this.#watchers.clear();
    this.#wakeups.wakeAll();
    closeDatabase(this.#driver, this.isReadOnly);
  }

  #apply(
    run: RunId,
    expected: Position,
    position: Position,
    commits: readonly Commit[],
    bodies: readonly string[],
    options: AppendOptions,
  ): void {
    const { past, summary, life } = options;
    if (commits.length === 0) {
      const actual = this.#tables.position(run);
      if (actual !== expected) throw conflict(run, expected, actual);
      const known = this.#tables.number(run);
      if (known !== undefined && !this.#tables.isLife(known, life)) throw otherLife(run);
      if (known !== undefined && options.inboxThrough !== undefined) this.#tables.consume(known, options.inboxThrough);
      return;
    }
    if (past !== undefined) {
      const isCopied = past.through === expected && this.#tables.copyPast(run, life, past, expected) !== undefined;
      if (!isCopied) throw conflict(run, expected, this.#tables.position(run));
    }
    const number = this.#tables.advance(run, life, expected, position, summary);
    if (number === undefined) throw conflict(run, expected, this.#tables.position(run));
    if (options.subscribers !== undefined) this.#tables.notices.subscribe(number, options.subscribers);
    for (const [index, commit] of commits.entries()) this.#tables.insert(number, commit, bodies[index]!);
    if (options.inboxThrough !== undefined) this.#tables.consume(number, options.inboxThrough);
  }

  #read<Result>(query: () => Result): Result {
    this.#checkOpen();
    try {
      return query();
    } catch (error) {
      throw runningRefusalOf(error, this.location);
    }
  }

  #write<Result>(run: RunId, apply: () => Result, committed: () => void = () => undefined): Promise<Result> {
    this.#checkOpen();
    if (this.isReadOnly) throw journalRefusal("journal.readOnly", this.location);
    return this.#commits.submit(run, apply, committed);
  }

  #checkOpen(): void {
    if (this.#isClosed) {
      throw new RunfoldError("journal.closed", `The journal ${this.location} is closed`, {
        details: { path: this.location },
      });
    }
  }
}
