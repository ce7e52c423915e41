import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { chooseSqlite } from "../../src/adapters/journals/choose-sqlite.ts";
import { sqliteJournal } from "../../src/adapters/journals/sqlite-journal.ts";
import { isRunfoldError } from "../../src/domain/errors.ts";
import type { Journal } from "../../src/ports/journal.ts";

/** How much more than usual the fault tests of journals do: 1 in a normal run. */
export const faultRounds = Number(process.env["RUNFOLD_FAULT_ROUNDS"] ?? 1);

/** The files of a journal as bytes: the database, the log of what is not in it yet, and SQLite's index of that log. */
export interface JournalImage {
  readonly database: Buffer;
  readonly log?: Buffer | undefined;
  readonly index?: Buffer | undefined;
}

const suffixes = { database: "", log: "-wal", index: "-shm" } as const;

export function imageOf(path: string): JournalImage {
  const bytes = (suffix: string): Buffer | undefined =>
    existsSync(path + suffix) ? readFileSync(path + suffix) : undefined;
  return { database: readFileSync(path), log: bytes(suffixes.log), index: bytes(suffixes.index) };
}

/** The smallest pages that SQLite has. */
export const smallPageBytes = 512;

/** Makes an empty database of the smallest pages, so that a journal has many of them and every byte can be tried. */
export function makeSmallPages(path: string): void {
  const driver = chooseSqlite()(path, { readOnly: false });
  driver.exec(`PRAGMA page_size = ${smallPageBytes}; CREATE TABLE passing (a); DROP TABLE passing`);
  driver.close();
}

export interface Look {
  /** What the opening was refused with. */
  readonly opening?: string;
  /** Question to answer, as JSON; a refusal is its code. Empty where the journal was not opened. */
  readonly answers: ReadonlyMap<string, string>;
}

const refusals = /^journal\.(corrupt|foreign|failed|newer|unopenable|busy)$/;

/**
 * Lays out damaged journals, each at a path of its own, and asks them everything about some runs. Refusals are answers; any other
 * error is thrown.
 */
export class Examiner {
  readonly #directory: string;
  readonly #runs: readonly string[];
  #examined = 0;

  /** How many journals were looked at. */
  get examined(): number {
    return this.#examined;
  }

  constructor(directory: string, runs: readonly string[]) {
    this.#directory = directory;
    this.#runs = runs;
  }

  /** @param then what else is done with the journal while it is open. */
  async examine(image: JournalImage, options = {}, then?: (journal: Journal) => Promise<void>): Promise<Look> {
    await this.#letGo();
    const path = join(this.#directory, `${this.#examined}.db`);
    for (const part of ["database", "log", "index"] as const) {
      if (image[part] !== undefined) writeFileSync(path + suffixes[part], image[part]);
    }
    try {
      return await this.#look(path, options, then);
    } finally {
      for (const suffix of Object.values(suffixes)) rmSync(path + suffix, { force: true });
    }
  }

  async #look(path: string, options: object, then?: (journal: Journal) => Promise<void>): Promise<Look> {
    const answers = new Map<string, string>();
    let journal: Journal;
    try {
      journal = sqliteJournal(path, options);
    } catch (error) {
      return { opening: codeOf(error), answers };
    }
    for (const [question, ask] of this.#questions(journal)) {
      answers.set(question, await ask().then(JSON.stringify, codeOf));
    }
    await then?.(journal);
    await journal.close();
    return { answers };
  }

  #questions(journal: Journal): [string, () => Promise<unknown>][] {
    return [
      ["list", () => journal.list()],
      ["inbox", () => journal.inbox(0)],
      ...this.#runs.flatMap((run): [string, () => Promise<unknown>][] => [
        [`commits of ${run}`, () => journal.read(run, 0)],
        [`second commit of ${run}`, () => journal.read(run, 1, 1)],
        [`head of ${run}`, () => journal.head(run)],
        [`entry of ${run}`, () => journal.entry(run).then((entry) => entry ?? null)],
        [`checkpoint of ${run}`, () => journal.loadCheckpoint(run).then((checkpoint) => checkpoint ?? null)],
      ]),
    ];
  }

  /** One driver keeps the files of a closed database open until it is collected: thousands of them would be too many. */
  async #letGo(): Promise<void> {
    if (++this.#examined % 100 > 0) return;
    collectGarbage();
    await new Promise((resolve) => setImmediate(resolve));
  }
}

/** Whether an answer is a refusal, and a clear one. */
export function isRefusal(answer: string | undefined): boolean {
  return answer !== undefined && refusals.test(answer);
}

function codeOf(error: unknown): string {
  if (!isRunfoldError(error) || !refusals.test(error.code)) throw error;
  return error.code;
}

setFlagsFromString("--expose-gc");
const collectGarbage: () => void = runInNewContext("gc");
