import type { Commit } from "../../domain/commit.ts";
import type { Position, RunId } from "../../domain/ids.ts";
import type { Json } from "../../domain/json.ts";
import { limits } from "../../domain/limits.ts";
import type { Checkpoint, InboxMessage, RunEntry } from "../../ports/journal.ts";
import type { RunPage } from "./follow-run.ts";
import type { SqliteDriver, SqliteStatement, SqliteValue } from "./sqlite-driver.ts";
import { type CommitRow, crcOf, readCommits } from "./sqlite-rows.ts";

/** Everything that is asked of the tables, by prepared statements that live as long as the journal. No transactions here. */
export class SqliteTables {
  readonly #statements: ReturnType<typeof prepareAll>;

  constructor(driver: SqliteDriver) {
    this.#statements = prepareAll(driver);
  }

  /** Moves a run from one position to another, or creates it at position 0; returns its number, or undefined if it is elsewhere. */
  advance(run: RunId, expected: Position, position: Position, summary: Json | undefined): number | undefined {
    const text = summary === undefined ? null : JSON.stringify(summary);
    const rows =
      expected === 0
        ? this.#statements.create.rows(run, position, text ?? "null")
        : this.#statements.advance.rows(position, text, run, expected);
    return rows[0] && Number(rows[0][0]);
  }

  insert(number: number, commit: Commit, body: string): void {
    this.#statements.insert.run(number, commit.position, crcOf(body), body);
  }

  consume(number: number, through: number): void {
    this.#statements.consume.run(number, through);
  }

  /** @throws `journal.corrupt` or `journal.newer`, naming run and position. */
  page(run: RunId, after: Position, limit: number): RunPage {
    const rows = this.#statements.page.rows(after, run, limit);
    const [life, head] = rows[0] ?? [];
    if (life === undefined) return { life: undefined, commits: [] };
    // A run without commits after `after` still has one row, for its number and position.
    const commits = rows
      .filter((row) => row[2] !== null)
      .map(([, , position, crc, body]): CommitRow => [Number(position), Number(crc), String(body)]);
    return {
      life: Number(life),
      commits: readCommits(run, after, Number(head), commits, commits.length < limit),
    };
  }

  position(run: RunId): Position {
    return Number(this.#statements.entry.rows(run)[0]?.[1] ?? 0);
  }

  list(): RunEntry[] {
    return this.#statements.list.rows().map(entryOf);
  }

  entry(run: RunId): RunEntry | undefined {
    return this.#statements.entry.rows(run).map(entryOf)[0];
  }

  /** The number of a run, or undefined. */
  number(run: RunId): number | undefined {
    const row = this.#statements.number.rows(run)[0];
    return row && Number(row[0]);
  }

  remove(number: number): void {
    for (const statement of this.#statements.remove) statement.run(number);
  }

  hasFullInbox(number: number): boolean {
    return Number(this.#statements.waiting.rows(number, limits.inboxMessagesMax)[0]?.[0]) >= limits.inboxMessagesMax;
  }

  send(number: number, message: Json): number {
    return Number(this.#statements.send.rows(number, JSON.stringify(message))[0]?.[0]);
  }

  inbox(after: number, limit: number): InboxMessage[] {
    return this.#statements.inbox.rows(after, limit).map(([number, run, message]) => ({
      number: Number(number),
      run: String(run),
      message: parse(message),
    }));
  }

  saveCheckpoint(number: number, checkpoint: Checkpoint): void {
    this.#statements.saveCheckpoint.run(number, checkpoint.position, JSON.stringify(checkpoint.state));
  }

  loadCheckpoint(run: RunId): Checkpoint | undefined {
    const row = this.#statements.loadCheckpoint.rows(run)[0];
    return row && { position: Number(row[0]), state: parse(row[1]) };
  }

  /** Changes when another connection has committed. */
  dataVersion(): number {
    return Number(this.#statements.dataVersion.rows()[0]?.[0]);
  }
}

function entryOf([run, position, summary]: SqliteValue[]): RunEntry {
  return { run: String(run), position: Number(position), summary: parse(summary) };
}

function parse(text: SqliteValue | undefined): Json {
  return JSON.parse(String(text));
}

function prepareAll(driver: SqliteDriver) {
  const prepare = (sql: string): SqliteStatement => driver.prepare(sql);
  return {
    create: prepare(
      "INSERT INTO runs (run, position, summary) VALUES (?, ?, ?) ON CONFLICT (run) DO NOTHING RETURNING number",
    ),
    advance: prepare(
      "UPDATE runs SET position = ?, summary = coalesce(?, summary) WHERE run = ? AND position = ? RETURNING number",
    ),
    insert: prepare("INSERT INTO commits (run, position, crc32, body) VALUES (?, ?, ?, ?)"),
    consume: prepare("DELETE FROM inbox WHERE run = ? AND number <= ?"),
    page: prepare(
      `SELECT runs.number, runs.position, commits.position, commits.crc32, commits.body
       FROM runs LEFT JOIN commits ON commits.run = runs.number AND commits.position > ?
       WHERE runs.run = ? ORDER BY commits.position LIMIT ?`,
    ),
    list: prepare("SELECT run, position, summary FROM runs ORDER BY number"),
    entry: prepare("SELECT run, position, summary FROM runs WHERE run = ?"),
    number: prepare("SELECT number FROM runs WHERE run = ?"),
    remove: [
      prepare("DELETE FROM commits WHERE run = ?"),
      prepare("DELETE FROM inbox WHERE run = ?"),
      prepare("DELETE FROM checkpoints WHERE run = ?"),
      prepare("DELETE FROM runs WHERE number = ?"),
    ],
    waiting: prepare("SELECT count(*) FROM (SELECT 1 FROM inbox WHERE run = ? LIMIT ?)"),
    send: prepare("INSERT INTO inbox (run, message) VALUES (?, ?) RETURNING number"),
    inbox: prepare(
      `SELECT inbox.number, runs.run, inbox.message FROM inbox JOIN runs ON runs.number = inbox.run
       WHERE inbox.number > ? ORDER BY inbox.number LIMIT ?`,
    ),
    saveCheckpoint: prepare("INSERT OR REPLACE INTO checkpoints (run, position, state) VALUES (?, ?, ?)"),
    loadCheckpoint: prepare(
      `SELECT checkpoints.position, checkpoints.state FROM checkpoints JOIN runs ON runs.number = checkpoints.run
       WHERE runs.run = ?`,
    ),
    dataVersion: prepare("PRAGMA data_version"),
  };
}
