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
  /** Saves a look-up an append. Only a hint, checked against the row: a creation that was rolled back gives its number to the next. */
  readonly #numbers = new Map<RunId, number>();

  constructor(driver: SqliteDriver) {
    this.#statements = prepareAll(driver);
  }

  /** Moves a run from one position to another, or creates it at position 0; returns its number, or undefined if it is elsewhere. */
  advance(run: RunId, expected: Position, position: Position, summary: Json | undefined): number | undefined {
    const text = summary === undefined ? undefined : JSON.stringify(summary);
    if (expected === 0) {
      const [created] = this.#statements.create.rows(run, position, text ?? "null");
      return created && this.#remember(run, Number(created[0]));
    }
    const remembered = this.#numbers.get(run);
    if (remembered !== undefined && this.#move(run, remembered, expected, position, text)) return remembered;
    const number = this.number(run);
    if (number === undefined || number === remembered || !this.#move(run, number, expected, position, text))
      return undefined;
    return this.#remember(run, number);
  }

  #move(run: RunId, number: number, expected: Position, position: Position, summary: string | undefined): boolean {
    const { move, moveAndShow } = this.#statements;
    const changes =
      summary === undefined
        ? move.run(position, number, run, expected)
        : moveAndShow.run(position, summary, number, run, expected);
    return changes === 1;
  }

  #remember(run: RunId, number: number): number {
    if (this.#numbers.size >= limits.rememberedRunsMax) this.#numbers.clear();
    this.#numbers.set(run, number);
    return number;
  }

  insert(number: number, commit: Commit, body: string): void {
    this.#statements.insert.run(number, commit.position, crcOf(body), body);
  }

  consume(number: number, through: number): void {
    const consumed = this.#statements.consume.run(number, through);
    if (consumed > 0) this.#statements.countConsumed.run(consumed, number);
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

  /** The message's number; undefined when the run's inbox is full, or the run unknown. */
  send(run: RunId, message: Json): number | undefined {
    const [row] = this.#statements.countSent.rows(run, limits.inboxMessagesMax);
    return row && Number(this.#statements.send.rows(row[0]!, JSON.stringify(message))[0]?.[0]);
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
    move: prepare("UPDATE runs SET position = ? WHERE number = ? AND run = ? AND position = ?"),
    moveAndShow: prepare("UPDATE runs SET position = ?, summary = ? WHERE number = ? AND run = ? AND position = ?"),
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
    countSent: prepare("UPDATE runs SET waiting = waiting + 1 WHERE run = ? AND waiting < ? RETURNING number"),
    countConsumed: prepare("UPDATE runs SET waiting = waiting - ? WHERE number = ?"),
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
