import { expect, test } from "vitest";
import { encodeCommit } from "../../src/adapters/journals/commit-codec.ts";
import type { Commit } from "../../src/domain/commit.ts";
import { mustBe } from "../support/must-be.ts";
import { Examiner, faultRounds, isRefusal, type JournalImage, type Look, smallPageBytes } from "./journal-image.ts";
import { headerBytes, framesOf } from "./log-frames.ts";
import { quickDirectory } from "./quick-directory.ts";
import { sampleJournal } from "./sample-journal.ts";

const runs = ["a", "b"];

/** What a run is where the index of names was damaged: unknown. Its rows are there, but nothing leads to them. */
const unknown: ReadonlyMap<string, string> = new Map([
  ["commits", "[]"],
  ["second commit", "[]"],
  ["head", "0"],
  ["entry", "null"],
]);

async function open(options: { readonly kept: number; readonly logged: number }) {
  const directory = quickDirectory();
  const sample = await sampleJournal(directory, { ...options, runs });
  const examiner = new Examiner(directory, runs);
  return { ...sample, examiner, truth: (await examiner.examine(sample.image)).answers };
}

/** Flips so many bits of each byte: one in a normal run, another for each byte; all of them from eight rounds on. */
function* flipsOf(
  bytes: Buffer,
  offsets: Iterable<number>,
  bits: number = Math.min(8, faultRounds),
): Generator<readonly [string, Buffer]> {
  for (const offset of offsets) {
    for (let round = 0; round < bits; round++) {
      const bit = (offset + round) % 8;
      const flipped = Buffer.from(bytes);
      flipped[offset]! ^= 1 << bit;
      yield [`bit ${bit} of byte ${offset}`, flipped];
    }
  }
}

function* every(step: number, length: number, start = 0): Generator<number> {
  for (let offset = start; offset < length; offset += Math.max(1, Math.floor(step / faultRounds))) yield offset;
}

/** The commits of a run are the true ones, or refused, or the run is unknown as a whole. Returns whether it was refused. */
function holdRun(run: string, { opening, answers }: Look, truth: ReadonlyMap<string, string>, what: string): boolean {
  if (opening !== undefined) return true;
  const commits = answers.get(`commits of ${run}`)!;
  const isUnknown = commits === "[]";
  for (const question of ["commits", "second commit"]) {
    const asked = `${question} of ${run}`;
    const expected = isUnknown ? unknown.get(question) : truth.get(asked);
    if (!isRefusal(answers.get(asked))) mustBe(answers.get(asked), expected, `${asked} with ${what}`);
  }
  const entry = answers.get(`entry of ${run}`)!;
  if (!isRefusal(entry) && entry !== "null") mustBe(JSON.parse(entry).run, run, `whose entry it is, with ${what}`);
  const head = answers.get(`head of ${run}`);
  if (isUnknown) mustBe(head, "0", `the head of ${run}, which is unknown, with ${what}`);
  // A position stands beside the commits without a checksum; who reads them learns that the two do not agree.
  else if (head !== truth.get(`head of ${run}`) && !isRefusal(head))
    mustBe(String(isRefusal(commits)), "true", `a wrong head, ${what}`);
  return isRefusal(commits);
}

test("a flipped bit in the body of a commit is told as damage of that run, and hurts no other", async () => {
  const { image, commits, examiner, truth } = await open({ kept: 2, logged: 0 });
  for (const [run, other] of [runs, runs.toReversed()] as [string, string][]) {
    for (const [what, database] of flipsOf(image.database, bodiesOf(commits.get(run)!, image.database))) {
      const { opening, answers } = await examiner.examine({ database });
      mustBe(opening ?? answers.get(`commits of ${run}`), "journal.corrupt", `the commits of ${run} with ${what}`);
      mustBe(answers.get(`commits of ${other}`), truth.get(`commits of ${other}`), `those of ${other} with ${what}`);
    }
  }
  expect(examiner.examined).toBeGreaterThan(1_000);
});

test("a flipped bit anywhere in the database file never changes a commit that is read", async () => {
  const { image, examiner, truth } = await open({ kept: 3, logged: 0 });
  let refused = 0;
  for (const [what, database] of flipsOf(image.database, every(7, image.database.length))) {
    const look = await examiner.examine({ database });
    for (const run of runs) if (holdRun(run, look, truth, what)) refused++;
  }
  expect(refused).toBeGreaterThan(0);
});

test("any flipped bit of an index never shows one run the commits or the entry of another", async () => {
  const { image, examiner, truth } = await open({ kept: 2, logged: 0 });
  let refused = 0;
  for (const [what, database] of flipsOf(image.database, indexEntriesOf(image.database), 8)) {
    const look = await examiner.examine({ database });
    for (const run of runs) if (holdRun(run, look, truth, what)) refused++;
  }
  expect(refused).toBeGreaterThan(0);
});

test("a flipped bit anywhere in the log ends it there: what stands before is read, and nothing after", async () => {
  const { image, commits, examiner } = await open({ kept: 1, logged: 2 });
  const log = image.log!;
  const { commitEnds } = framesOf(log);
  for (const [what, flipped] of flipsOf(log, every(11, log.length, headerBytes))) {
    const damaged = firstDifference(log, flipped);
    const whole = commitEnds.filter((end) => end <= damaged).length;
    const { opening, answers } = await examiner.examine({ database: image.database, log: flipped });
    // The runs took turns: a, b, a, b.
    for (const [index, run] of runs.entries()) {
      const expected = commits.get(run)!.slice(0, 1 + Math.ceil((whole - index) / runs.length));
      mustBe(opening ?? answers.get(`commits of ${run}`), JSON.stringify(expected), `the commits of ${run}, ${what}`);
    }
  }
  expect(examiner.examined).toBeGreaterThan(log.length / 12);
});

test("a flipped bit in the header of the log, or in its index, loses what the log has at most", async () => {
  const { image, commits, examiner } = await open({ kept: 1, logged: 2 });
  const { database, log, index } = image;
  const prefixes = (run: string): string[] =>
    [1, 2, 3].map((count) => JSON.stringify(commits.get(run)!.slice(0, count)));
  const hold = async (damaged: JournalImage, what: string): Promise<void> => {
    const { opening, answers } = await examiner.examine(damaged);
    if (opening !== undefined) return mustBe(String(isRefusal(opening)), "true", `a clear refusal with ${what}`);
    for (const run of runs) {
      const answer = answers.get(`commits of ${run}`)!;
      if (!prefixes(run).includes(answer)) mustBe(answer, prefixes(run)[0], `the commits of ${run} with ${what}`);
    }
  };
  for (const [what, flipped] of flipsOf(log!, every(1, headerBytes))) await hold({ database, log: flipped }, what);
  for (const [what, flipped] of flipsOf(index!, every(400, index!.length)))
    await hold({ database, log, index: flipped }, what);
  expect(examiner.examined).toBeGreaterThan(headerBytes);
});

/** The offsets of every byte of the commits' bodies. */
function* bodiesOf(commits: readonly Commit[], database: Buffer): Generator<number> {
  for (const commit of commits) {
    const body = Buffer.from(encodeCommit(commit));
    const start = database.indexOf(body);
    if (start === -1) throw new Error("A body is not in one piece in the file, so it cannot be damaged byte by byte.");
    for (let offset = 0; offset < body.length; offset++) yield start + offset;
  }
}

function firstDifference(one: Buffer, other: Buffer): number {
  return one.findIndex((byte, offset) => byte !== other[offset]);
}

/** The offsets of every byte of all entries of indexes, as https://www.sqlite.org/fileformat2.html#b_tree_pages lays them down. */
function* indexEntriesOf(database: Buffer): Generator<number> {
  const leafOfIndex = 0x0a;
  for (let page = smallPageBytes; page < database.length; page += smallPageBytes) {
    if (database[page] !== leafOfIndex) continue;
    for (let cell = 0; cell < database.readUInt16BE(page + 3); cell++) {
      const start = page + database.readUInt16BE(page + 8 + 2 * cell);
      for (let offset = start; offset <= start + database[start]!; offset++) yield offset;
    }
  }
}
