import type { Commit } from "../../domain/commit.ts";
import { RunfoldError } from "../../domain/errors.ts";
import type { EpochMs, Position, RunId, RunLife } from "../../domain/ids.ts";
import type { Json } from "../../domain/json.ts";
import { limits } from "../../domain/limits.ts";
import type { AppendOptions, Checkpoint, InboxMessage, RunEntry } from "../../ports/journal.ts";
import type { RunPage } from "./follow-run.ts";
import type { SqliteDriver, SqliteStatement, SqliteValue } from "./sqlite-driver.ts";
import { SqliteNotices } from "./sqlite-notices.ts";
import { knowsLives } from "./sqlite-schema.ts";
import { misled, pageQuery, unpackPage } from "./sqlite-page.ts";
import { crcOf, readCommits, textOf } from "./sqlite-rows.ts";

/** Everything that is asked of the tables, by prepared statements that live as long as the journal. No transactions here. */
export class SqliteTables {
  readonly #driver: SqliteDriver;
  #leases: ReturnType<typeof prepareLeases> | undefined;
  #moves: ReturnType<typeof prepareMoves> | undefined;
  readonly #statements: ReturnType<typeof prepareAll>;
  /** Saves a look-up an append. Only a hint, checked against the row: a creation that was rolled back gives its number to the next. */
  readonly #numbers = new Map<RunId, number>();

  readonly notices: SqliteNotices;

  constructor(driver: SqliteDriver) {
    this.#driver = driver;
    this.notices = new SqliteNotices(driver);
    this.#statements = prepareAll(driver);
  }

  /** Moves a run from one position to another, or creates it at position 0; returns its number, or undefined if it is elsewhere. */
  advance(
    run: RunId,
    life: RunLife | undefined,
    expected: Position,
    position: Position,
    summary: Json | undefined,
  ): number | undefined {
    const text = summary === undefined ? undefined : JSON.stringify(summary);
    if (expected === 0) {
      const [created] = this.#moveStatements().create.rows(run, life ?? null, position, text ?? "null");
      return created && this.#remember(run, Number(created[0]));
    }
    const remembered = this.#numbers.get(run);
    if (remembered !== undefined && this.#move(run, life, remembered, expected, position, text)) return remembered;
    const number = this.number(run);
    if (number === undefined || number === remembered || !this.#move(run, life, number, expected, position, text))
      return undefined;
    return this.#remember(run, number);
  }

  #move(
    run: RunId,
    life: RunLife | undefined,
    number: number,
    expected: Position,
    position: Position,
    summary: string | undefined,
  ): boolean {
    const { move, moveAndShow } = this.#moveStatements();
    const place = [number, run, expected, life ?? null] as const;
    const changes = summary === undefined ? move.run(position, ...place) : moveAndShow.run(position, summary, ...place);
    return changes === 1;
  }

  #remember(run: RunId, number: number): number {
    if (this.#numbers.size >= limits.rememberedRunsMax) this.#numbers.clear();
    this.#numbers.set(run, number);
    return number;
  }

  /**
   * Makes a run that begins with the commits of another one up to `through`; returns its number. Undefined where the run exists, or
   * the other has no commit that ends there.
   */
  copyPast(
    run: RunId,
    life: RunLife | undefined,
    past: NonNullable<AppendOptions["past"]>,
    position: Position,
  ): number | undefined {
    const source = this.number(past.run);
    if (source === undefined || !this.isLife(source, past.life)) return undefined;
    if (this.#statements.endsAt.rows(source, past.through).length === 0) return undefined;
    const [created] = this.#moveStatements().create.rows(run, life ?? null, position, "null");
    if (created === undefined) return undefined;
    this.#statements.copy.run(Number(created[0]), source, past.through);
    return this.#remember(run, Number(created[0]));
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
    const [row] = this.#statements.page.rows(run, after, limit);
    const page = unpackPage(run, after, row ?? []);
    if (page === undefined) return { life: undefined, commits: [] };
    const { life, head, rows } = page;
    return { life, commits: readCommits(run, after, head, rows, rows.length < limit) };
  }

  position(run: RunId): Position {
    return Number(this.#named(run)?.[2] ?? 0);
  }

  list(last: number | undefined): RunEntry[] {
    // A negative limit is none.
    return this.#statements.list
      .rows(last ?? -1)
      .map(entryOf)
      .toReversed();
  }

  entry(run: RunId): RunEntry | undefined {
    const [row] = this.#statements.entry.rows(run);
    if (row === undefined) return undefined;
    if (row[4] !== 1) throw misled(run);
    return entryOf(row);
  }

  /** The number of a run, or undefined. */
  number(run: RunId): number | undefined {
    const row = this.#named(run);
    return row && Number(row[0]);
  }

  /** Whether a run is of a life, as far as both are known. */
  isLife(number: number, life: RunLife | undefined): boolean {
    return life === undefined || this.#moveStatements().isLife.rows(number, life).length > 0;
  }

  #named(run: RunId): SqliteValue[] | undefined {
    const [row] = this.#statements.named.rows(run);
    if (row !== undefined && row[1] !== 1) throw misled(run);
    return row;
  }

  remove(number: number): void {
    for (const statement of this.#statements.remove) statement.run(number);
    this.notices.remove(number);
  }

  /** The message's number; undefined when the run's inbox is full, or the run unknown. */
  send(run: RunId, message: Json): number | undefined {
    const number = this.number(run);
    if (number === undefined) return undefined;
    const [row] = this.#statements.countSent.rows(number, limits.inboxMessagesMax);
    return row && Number(this.#statements.send.rows(row[0]!, JSON.stringify(message))[0]?.[0]);
  }

  inbox(after: number, limit: number, only: RunId | undefined): InboxMessage[] {
    const { inbox, inboxOf } = this.#statements;
    const rows = only === undefined ? inbox.rows(after, limit) : inboxOf.rows(only, after, limit);
    return rows.map(([number, run, message]) => ({
      number: Number(number),
      run: plainText(run),
      message: parse(message),
    }));
  }

  renewLease(owner: string, until: EpochMs): void {
    this.#leaseStatements().forget.run(until - limits.leaseKeptMs);
    this.#leaseStatements().renew.run(owner, until);
  }

  leaseOf(owner: string): EpochMs | undefined {
    const row = this.#leaseStatements().find.rows(owner)[0];
    return row && Number(row[0]);
  }

  #moveStatements(): ReturnType<typeof prepareMoves> {
    this.#moves ??= prepareMoves(this.#driver);
    return this.#moves;
  }

  /** Prepared when it is needed: a journal of an older version that is open for reading has no such table. */
  #leaseStatements(): ReturnType<typeof prepareLeases> {
    this.#leases ??= prepareLeases(this.#driver);
    return this.#leases;
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

function entryOf([run, position, summary, life]: SqliteValue[]): RunEntry {
  const known = life === null || life === undefined ? {} : { life: plainText(life) };
  return { run: plainText(run), ...known, position: Number(position), summary: parse(summary) };
}

function plainText(value: SqliteValue | undefined): string {
  return value instanceof Uint8Array ? textOf(value) : String(value);
}

/** @throws `journal.corrupt` for what is no JSON: this journal wrote nothing else. */
function parse(value: SqliteValue | undefined): Json {
  try {
    return JSON.parse(plainText(value));
  } catch (error) {
    throw new RunfoldError(
      "journal.corrupt",
      "The journal is damaged: a value beside the commits is not what was written there. Restore the file from a copy",
      { cause: error },
    );
  }
}

function prepareAll(driver: SqliteDriver) {
  // A journal of version 1 that is open for reading does not know the lives of its runs.
  const life = knowsLives(driver) ? "CAST(runs.life AS BLOB)" : "NULL";
  const prepare = (sql: string): SqliteStatement => driver.prepare(sql);
  return {
    endsAt: prepare("SELECT 1 FROM commits WHERE run = ? AND position = ?"),
    copy: prepare(
      `INSERT INTO commits (run, position, crc32, body)
       SELECT ?, position, crc32, body FROM commits WHERE run = ? AND position <= ? ORDER BY position`,
    ),
    insert: prepare("INSERT INTO commits (run, position, crc32, body) VALUES (?, ?, ?, ?)"),
    consume: prepare("DELETE FROM inbox WHERE run = ? AND number <= ?"),
    page: prepare(pageQuery),
    list: prepare(
      `SELECT CAST(run AS BLOB), CAST(position AS INTEGER), CAST(summary AS BLOB), ${life} FROM runs ORDER BY number DESC LIMIT ?`,
    ),
    entry: prepare(
      `SELECT CAST(runs.run AS BLOB), CAST(runs.position AS INTEGER), CAST(runs.summary AS BLOB), ${life}, runs.run = ?1
       FROM runs AS named LEFT JOIN runs ON runs.number = named.number WHERE named.run = ?1`,
    ),
    named: prepare(
      `SELECT named.number, runs.run = ?1, CAST(runs.position AS INTEGER)
       FROM runs AS named LEFT JOIN runs ON runs.number = named.number WHERE named.run = ?1`,
    ),
    remove: [
      prepare("DELETE FROM commits WHERE run = ?"),
      prepare("DELETE FROM inbox WHERE run = ?"),
      prepare("DELETE FROM checkpoints WHERE run = ?"),
      prepare("DELETE FROM runs WHERE number = ?"),
    ],
    countSent: prepare("UPDATE runs SET waiting = waiting + 1 WHERE number = ? AND waiting < ? RETURNING number"),
    countConsumed: prepare("UPDATE runs SET waiting = waiting - ? WHERE number = ?"),
    send: prepare("INSERT INTO inbox (run, message) VALUES (?, ?) RETURNING number"),
    inbox: prepare(
      `SELECT inbox.number, CAST(runs.run AS BLOB), CAST(inbox.message AS BLOB) FROM inbox JOIN runs ON runs.number = inbox.run
       WHERE inbox.number > ? ORDER BY inbox.number LIMIT ?`,
    ),
    inboxOf: prepare(
      `SELECT inbox.number, CAST(runs.run AS BLOB), CAST(inbox.message AS BLOB) FROM runs JOIN inbox ON inbox.run = runs.number
       WHERE runs.run = ? AND inbox.number > ? ORDER BY inbox.number LIMIT ?`,
    ),
    saveCheckpoint: prepare("INSERT OR REPLACE INTO checkpoints (run, position, state) VALUES (?, ?, ?)"),
    loadCheckpoint: prepare(
      `SELECT CAST(checkpoints.position AS INTEGER), CAST(checkpoints.state AS BLOB) FROM checkpoints JOIN runs ON runs.number = checkpoints.run
       WHERE runs.run = ?`,
    ),
    dataVersion: prepare("PRAGMA data_version"),
  };
}

function prepareLeases(driver: SqliteDriver) {
  return {
    renew: driver.prepare("INSERT OR REPLACE INTO leases (owner, until) VALUES (?, ?)"),
    forget: driver.prepare("DELETE FROM leases WHERE until < ?"),
    find: driver.prepare("SELECT CAST(until AS INTEGER) FROM leases WHERE owner = ?"),
  };
}

/** Prepared with the first write, which only a journal of this version gets. */
function prepareMoves(driver: SqliteDriver) {
  const where = "WHERE number = ? AND run = ? AND position = ? AND ifnull(life = ?, 1)";
  return {
    create: driver.prepare(
      `INSERT INTO runs (run, life, position, summary) VALUES (?, ?, ?, ?) ON CONFLICT (run) DO NOTHING RETURNING number`,
    ),
    move: driver.prepare(`UPDATE runs SET position = ? ${where}`),
    moveAndShow: driver.prepare(`UPDATE runs SET position = ?, summary = ? ${where}`),
    isLife: driver.prepare("SELECT 1 FROM runs WHERE number = ? AND ifnull(life = ?, 1)"),
  };
}
