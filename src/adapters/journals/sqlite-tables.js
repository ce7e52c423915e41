import { limits } from "../../domain/limits.js";
import { crcOf, readCommits } from "./sqlite-rows.js";
/** Everything that is asked of the tables, by prepared statements that live as long as the journal. No transactions here. */
export class SqliteTables {
  #statements;
  /** Saves a look-up an append. Only a hint, checked against the row: a creation that was rolled back gives its number to the next. */
  #numbers = new Map();
  constructor(driver) {
    this.#statements = prepareAll(driver);
  }
  /** Moves a run from one position to another, or creates it at position 0; returns its number, or undefined if it is elsewhere. */
  advance(run, expected, position, summary) {
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
  #move(run, number, expected, position, summary) {
    const { move, moveAndShow } = this.#statements;
    const changes =
      summary === undefined
        ? move.run(position, number, run, expected)
        : moveAndShow.run(position, summary, number, run, expected);
    return changes === 1;
  }
  #remember(run, number) {
    if (this.#numbers.size >= limits.openRunsMax) this.#numbers.clear();
    this.#numbers.set(run, number);
    return number;
  }
  insert(number, commit, body) {
    this.#statements.insert.run(number, commit.position, crcOf(body), body);
  }
  consume(number, through) {
    const consumed = this.#statements.consume.run(number, through);
    if (consumed > 0) this.#statements.countConsumed.run(consumed, number);
  }
  /** @throws `journal.corrupt` or `journal.newer`, naming run and position. */
  page(run, after, limit) {
    const rows = this.#statements.page.rows(after, run, limit);
    const [life, head] = rows[0] ?? [];
    if (life === undefined) return { life: undefined, commits: [] };
    // A run without commits after `after` still has one row, for its number and position.
    const commits = rows
      .filter((row) => row[2] !== null)
      .map(([, , position, crc, body]) => [Number(position), Number(crc), String(body)]);
    return {
      life: Number(life),
      commits: readCommits(run, after, Number(head), commits, commits.length < limit),
    };
  }
  position(run) {
    return Number(this.#statements.entry.rows(run)[0]?.[1] ?? 0);
  }
  list() {
    return this.#statements.list.rows().map(entryOf);
  }
  entry(run) {
    return this.#statements.entry.rows(run).map(entryOf)[0];
  }
  /** The number of a run, or undefined. */
  number(run) {
    const row = this.#statements.number.rows(run)[0];
    return row && Number(row[0]);
  }
  remove(number) {
    for (const statement of this.#statements.remove) statement.run(number);
  }
  /** The message's number; undefined when the run's inbox is full, or the run unknown. */
  send(run, message) {
    const [row] = this.#statements.countSent.rows(run, limits.inboxMessagesMax);
    return row && Number(this.#statements.send.rows(row[0], JSON.stringify(message))[0]?.[0]);
  }
  inbox(after, limit) {
    return this.#statements.inbox.rows(after, limit).map(([number, run, message]) => ({
      number: Number(number),
      run: String(run),
      message: parse(message),
    }));
  }
  saveCheckpoint(number, checkpoint) {
    this.#statements.saveCheckpoint.run(number, checkpoint.position, JSON.stringify(checkpoint.state));
  }
  loadCheckpoint(run) {
    const row = this.#statements.loadCheckpoint.rows(run)[0];
    return row && { position: Number(row[0]), state: parse(row[1]) };
  }
  /** Changes when another connection has committed. */
  dataVersion() {
    return Number(this.#statements.dataVersion.rows()[0]?.[0]);
  }
}
function entryOf([run, position, summary]) {
  return { run: String(run), position: Number(position), summary: parse(summary) };
}
function parse(text) {
  return JSON.parse(String(text));
}
function prepareAll(driver) {
  const prepare = (sql) => driver.prepare(sql);
  return {
    create: prepare(
      "INSERT INTO runs (run, position, summary) VALUES (?, ?, ?) ON CONFLICT (run) DO NOTHING RETURNING number",
    ),
    move: prepare("UPDATE runs SET position = ? WHERE number = ? AND run = ? AND position = ?"),
    moveAndShow: prepare("UPDATE runs SET position = ?, summary = ? WHERE number = ? AND run = ? AND position = ?"),
    insert: prepare("INSERT INTO commits (run, position, crc32, body) VALUES (?, ?, ?, ?)"),
    consume: prepare("DELETE FROM inbox WHERE run = ? AND number <= ?"),
    page: prepare(`SELECT runs.number, runs.position, commits.position, commits.crc32, commits.body
       FROM runs LEFT JOIN commits ON commits.run = runs.number AND commits.position > ?
       WHERE runs.run = ? ORDER BY commits.position LIMIT ?`),
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
    inbox: prepare(`SELECT inbox.number, runs.run, inbox.message FROM inbox JOIN runs ON runs.number = inbox.run
       WHERE inbox.number > ? ORDER BY inbox.number LIMIT ?`),
    saveCheckpoint: prepare("INSERT OR REPLACE INTO checkpoints (run, position, state) VALUES (?, ?, ?)"),
    loadCheckpoint:
      prepare(`SELECT checkpoints.position, checkpoints.state FROM checkpoints JOIN runs ON runs.number = checkpoints.run
       WHERE runs.run = ?`),
    dataVersion: prepare("PRAGMA data_version"),
  };
}
