import { resolve } from "node:path";
import { RunfoldError } from "../../domain/errors.js";
import { limits } from "../../domain/limits.js";
import { ChangePoll } from "./change-poll.js";
import { encodeCommit } from "./commit-codec.js";
import { checkConsecutive } from "./consecutive-commits.js";
import { followRun } from "./follow-run.js";
import { GroupCommit } from "./group-commit.js";
import { conflict, fullMailbox, unknownRun } from "./refusals.js";
import { journalRefusal, refusalOf, runningRefusalOf } from "./sqlite-errors.js";
import { closeDatabase, openDatabase } from "./sqlite-open.js";
import { SqliteTables } from "./sqlite-tables.js";
import { Wakeups } from "./wakeups.js";
import { Watchers } from "./watchers.js";
/**
 * A journal in one SQLite file, which other processes may read, follow and send messages to at the same time.
 *
 * Opens, or creates with its directories, at once; a file for its owner alone. Beside the file SQLite keeps `-wal` and `-shm`.
 * @throws `journal.unopenable`, `journal.readOnly`, `journal.foreign`, `journal.newer`, `journal.busy`, `journal.corrupt`,
 *   `journal.full` or `journal.failed`, each with the path and what to do.
 */
export function sqliteJournal(path, options = {}) {
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
class SqliteJournal {
  #path;
  #isReadOnly;
  #driver;
  #tables;
  #commits;
  #poll;
  #wakeups = new Wakeups();
  #watchers = new Watchers();
  #isClosed = false;
  constructor(path, isReadOnly, driver) {
    this.#path = path;
    this.#isReadOnly = isReadOnly;
    this.#driver = driver;
    this.#tables = new SqliteTables(driver);
    this.#commits = new GroupCommit(driver, (error) => runningRefusalOf(error, path));
    this.#poll = new ChangePoll(
      () => this.#tables.dataVersion(),
      () => {
        this.#wakeups.wakeAll();
        this.#watchers.tell();
      },
    );
  }
  async append(run, expected, commits, options = {}) {
    const position = checkConsecutive(run, expected, commits);
    const bodies = commits.map(encodeCommit);
    return this.#write(
      run,
      () => this.#apply(run, expected, position, commits, bodies, options),
      () => this.#wakeups.wake(run),
    );
  }
  async read(run, after, limit = limits.readCommitsMax) {
    return this.#read(() => this.#tables.page(run, after, limit).commits);
  }
  async head(run) {
    return this.#read(() => this.#tables.position(run));
  }
  async *follow(run, after, signal) {
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
  async list() {
    return this.#read(() => this.#tables.list());
  }
  async entry(run) {
    return this.#read(() => this.#tables.entry(run));
  }
  async delete(run) {
    return this.#write(
      run,
      () => {
        const number = this.#tables.number(run);
        if (number !== undefined) this.#tables.remove(number);
      },
      () => this.#wakeups.wake(run),
    );
  }
  async send(run, message) {
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
  async inbox(after, limit = limits.inboxMessagesMax) {
    return this.#read(() => this.#tables.inbox(after, limit));
  }
  watch(changed) {
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
  async saveCheckpoint(run, checkpoint) {
    return this.#write(run, () => {
      const number = this.#tables.number(run);
      if (number !== undefined) this.#tables.saveCheckpoint(number, checkpoint);
    });
  }
  async loadCheckpoint(run) {
    return this.#read(() => this.#tables.loadCheckpoint(run));
  }
  async close() {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#commits.flush();
    this.#poll.stop();
    this.#watchers.clear();
    this.#wakeups.wakeAll();
    closeDatabase(this.#driver, this.#isReadOnly);
  }
  #apply(run, expected, position, commits, bodies, options) {
    if (commits.length === 0) {
      const actual = this.#tables.position(run);
      if (actual !== expected) throw conflict(run, expected, actual);
      return;
    }
    const number = this.#tables.advance(run, expected, position, options.summary);
    if (number === undefined) throw conflict(run, expected, this.#tables.position(run));
    for (const [index, commit] of commits.entries()) this.#tables.insert(number, commit, bodies[index]);
    if (options.inboxThrough !== undefined) this.#tables.consume(number, options.inboxThrough);
  }
  #read(query) {
    this.#checkOpen();
    try {
      return query();
    } catch (error) {
      throw runningRefusalOf(error, this.#path);
    }
  }
  #write(run, apply, committed = () => undefined) {
    this.#checkOpen();
    if (this.#isReadOnly) throw journalRefusal("journal.readOnly", this.#path);
    return this.#commits.submit(run, apply, committed);
  }
  #checkOpen() {
    if (this.#isClosed) {
      throw new RunfoldError("journal.closed", `The journal ${this.#path} is closed`, {
        details: { path: this.#path },
      });
    }
  }
}
