/**
 * What the journals cost, as ratios measured in one process: `node --import tsx bench/journals.ts [DIRECTORY]`.
 *
 * The base of a line is the line before it; that of the memory is an `await` alone. Absolute figures belong to the machine; compare only what stands in one run of this file.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chooseSqlite } from "../src/adapters/journals/choose-sqlite.ts";
import { encodeCommit } from "../src/adapters/journals/commit-codec.ts";
import { memoryJournal } from "../src/adapters/journals/memory-journal.ts";
import { sqliteJournal } from "../src/adapters/journals/sqlite-journal.ts";
import { type Commit, commitSchema } from "../src/domain/commit.ts";
import type { Journal } from "../src/ports/journal.ts";

const directory = mkdtempSync(join(process.argv[2] ?? tmpdir(), "runfold-bench-"));
const rounds = 9;
const sequentialCommits = 300;
const concurrentRuns = 1_000;
const memoryCommits = 1_000_000;

try {
  const aloneMs = sequential(await interleaved());
  await concurrent(aloneMs);
  await memory();
} finally {
  rmSync(directory, { recursive: true, force: true });
}

/** Alternates raw rows and appends, so that a noisy neighbour hits both alike. */
async function interleaved(): Promise<{ readonly raw: number[]; readonly appended: number[] }> {
  const write = rawWriter(join(directory, "raw.db"));
  const journal = sqliteJournal(join(directory, "journal.db"));
  const raw: number[] = [];
  const appended: number[] = [];
  for (let index = 0; index < rounds * sequentialCommits; index++) {
    const commit = commitAt(index);
    raw.push(timed(() => write(commit)));
    const start = performance.now();
    await journal.append("a", index, [commit]);
    appended.push(performance.now() - start);
  }
  await journal.close();
  return { raw, appended };
}

function sequential({ raw, appended }: { readonly raw: number[]; readonly appended: number[] }): number {
  report("one raw INSERT + COMMIT, synced", median(raw));
  report("one append after another", median(appended), median(raw));
  return median(appended);
}

async function concurrent(aloneMs: number): Promise<void> {
  const journal = sqliteJournal(join(directory, "concurrent.db"));
  const perAppend: number[] = [];
  for (let round = 0; round < rounds * 3; round++) {
    perAppend.push((await elapsed(() => appendToAll(journal, round))) / concurrentRuns);
  }
  report(`one of ${concurrentRuns} runs' appends, each from its own callback`, median(perAppend), aloneMs);
  await journal.close();
}

/** Every run resumes in an event-loop callback of its own, as it does after a worker's report. */
async function appendToAll(journal: Journal, round: number): Promise<void> {
  await Promise.all(
    Array.from(
      { length: concurrentRuns },
      (_, run) =>
        new Promise<void>((resolve, reject) => {
          setImmediate(() => void journal.append(`run-${run}`, round, [commitAt(round)]).then(resolve, reject));
        }),
    ),
  );
}

async function memory(): Promise<void> {
  const journal = memoryJournal();
  const commits = Array.from({ length: memoryCommits }, (_, index) => commitAt(index));
  const lists = commits.map((commit) => [commit]);
  const spentMs = await elapsed(async () => {
    for (let index = 0; index < memoryCommits; index++) await journal.append("a", index, lists[index]!);
  });
  const awaitMs = await elapsed(async () => {
    const settled = Promise.resolve();
    for (let index = 0; index < memoryCommits; index++) await settled;
  });
  report("one append in memory, awaited", spentMs / memoryCommits, awaitMs / memoryCommits);
}

function rawWriter(path: string): (commit: Commit) => void {
  const driver = chooseSqlite()(path, { readOnly: false });
  driver.exec("PRAGMA journal_mode = WAL");
  driver.exec("PRAGMA synchronous = FULL");
  driver.exec(
    "CREATE TABLE rows (run INTEGER, position INTEGER, crc32 INTEGER, body TEXT, PRIMARY KEY (run, position))",
  );
  const insert = driver.prepare("INSERT INTO rows VALUES (?, ?, ?, ?)");
  return (commit) => {
    const body = encodeCommit(commit);
    driver.exec("BEGIN IMMEDIATE");
    insert.run(1, commit.position, 0, body);
    driver.exec("COMMIT");
  };
}

function commitAt(start: number): Commit {
  const output = { value: { stdout: "a line of output that a small command writes", stderr: "", exitCode: 0 } };
  return {
    schema: commitSchema,
    position: start + 1,
    at: 1_700_000_000_000 + start,
    input: { type: "step.succeed", step: "build", attempt: 1, output },
    events: [{ type: "step.succeeded", step: "build", attempt: 1, output }],
  };
}

function timed(work: () => void): number {
  const start = performance.now();
  work();
  return performance.now() - start;
}

async function elapsed(work: () => Promise<void>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

function median(values: readonly number[]): number {
  return values.toSorted((left, right) => left - right)[Math.floor(values.length / 2)]!;
}

function report(what: string, valueMs: number, baseMs?: number): void {
  const ratio = baseMs === undefined ? "" : `  ${(valueMs / baseMs).toFixed(3)} of its base`;
  console.log(`${(valueMs * 1_000).toFixed(2).padStart(10)} µs  ${what}${ratio}`);
}
