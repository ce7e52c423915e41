import { limits } from "../../domain/limits.ts";
import type { NoticeMark, RunNoticeMark } from "../../domain/notice.ts";
import type { NoticeQuery } from "../../ports/journal.ts";
import type { SqliteDriver, SqliteStatement, SqliteValue } from "./sqlite-driver.ts";
import { textOf } from "./sqlite-rows.ts";
import { knowsNotices } from "./sqlite-schema.ts";

/** What became of notices, by prepared statements. No transactions here. */
export class SqliteNotices {
  readonly #driver: SqliteDriver;
  #statements: ReturnType<typeof prepareAll> | undefined;
  #isKnown: boolean | undefined;

  constructor(driver: SqliteDriver) {
    this.#driver = driver;
  }

  /** A run, by its number, is owed to these from now on, where it was not before. */
  subscribe(number: number, subscribers: readonly string[]): void {
    for (const subscriber of subscribers) this.#all().subscribe.run(number, subscriber);
  }

  mark(number: number, { subscriber, notice, state, attempts, at, reason }: NoticeMark): void {
    this.#all().mark.run(number, subscriber, notice, state, attempts, at, reason ?? null);
  }

  remove(number: number): void {
    this.#all().remove.run(number);
  }

  /** None in a journal of an older version that is open for reading: it has no such table. */
  find({ run, subscriber, state, limit = limits.noticeMarksMax }: NoticeQuery): RunNoticeMark[] {
    this.#isKnown ??= knowsNotices(this.#driver);
    if (!this.#isKnown) return [];
    const { ofRun, ofSubscriber, all } = this.#all();
    const wanted = state ?? null;
    if (run !== undefined) return ofRun.rows(run, subscriber ?? null, wanted, limit).map(markOf);
    return (subscriber === undefined ? all.rows(wanted, limit) : ofSubscriber.rows(subscriber, wanted, limit)).map(
      markOf,
    );
  }

  /** Prepared when it is needed: a journal of an older version that is open for reading has no such table. */
  #all(): ReturnType<typeof prepareAll> {
    this.#statements ??= prepareAll(this.#driver);
    return this.#statements;
  }
}

function markOf([run, life, subscriber, notice, state, attempts, at, reason]: SqliteValue[]): RunNoticeMark {
  return {
    run: plain(run),
    ...(life === null ? {} : { life: plain(life) }),
    subscriber: plain(subscriber),
    notice: Number(notice),
    state: plain(state) as RunNoticeMark["state"],
    attempts: Number(attempts),
    at: Number(at),
    ...(reason === null ? {} : { reason: plain(reason) }),
  };
}

function plain(value: SqliteValue | undefined): string {
  return value instanceof Uint8Array ? textOf(value) : String(value);
}

function prepareAll(driver: SqliteDriver) {
  const columns = `CAST(runs.run AS BLOB), CAST(runs.life AS BLOB), CAST(notices.subscriber AS BLOB), CAST(notices.notice AS INTEGER),
    CAST(notices.state AS BLOB), CAST(notices.attempts AS INTEGER), CAST(notices.at AS INTEGER), CAST(notices.reason AS BLOB)`;
  const from = `SELECT ${columns} FROM notices JOIN runs ON runs.number = notices.run`;
  const order = "ORDER BY notices.run, notices.subscriber, notices.notice LIMIT";
  const prepare = (sql: string): SqliteStatement => driver.prepare(sql);
  return {
    subscribe: prepare(
      `INSERT INTO notices (run, subscriber, notice, state, attempts, at) VALUES (?, ?, 0, 'open', 0, 0) ON CONFLICT DO NOTHING`,
    ),
    mark: prepare(
      `INSERT OR REPLACE INTO notices (run, subscriber, notice, state, attempts, at, reason) VALUES (?, ?, ?, ?, ?, ?, ?)`,
    ),
    remove: prepare("DELETE FROM notices WHERE run = ?"),
    ofRun: prepare(
      `${from} WHERE runs.run = ? AND ifnull(notices.subscriber = ?, 1) AND ifnull(notices.state = ?, 1) ${order} ?`,
    ),
    ofSubscriber: prepare(`${from} WHERE notices.subscriber = ? AND ifnull(notices.state = ?, 1) ${order} ?`),
    all: prepare(`${from} WHERE ifnull(notices.state = ?, 1) ${order} ?`),
  };
}
