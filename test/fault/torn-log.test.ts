import { join } from "node:path";
import { expect, test } from "vitest";
import { sqliteJournal } from "../../src/adapters/journals/sqlite-journal.ts";
import { startFixture } from "../conformance/journal/child-process.ts";
import { commitAfter } from "../conformance/journal/sample-commits.ts";
import { mustBe } from "../support/must-be.ts";
import { Examiner, faultRounds, imageOf, type JournalImage } from "./journal-image.ts";
import { frameHeaderBytes, framesOf } from "./log-frames.ts";
import { quickDirectory } from "./quick-directory.ts";
import { sampleJournal } from "./sample-journal.ts";

const kept = 2;
const logged = 3;

/** The sample, and what must be read of it where its log ends at an offset: all that is whole, and nothing else. */
async function tornJournal(pages?: "usual") {
  const directory = quickDirectory();
  const sample = await sampleJournal(directory, { kept, logged, runs: ["a"], ...(pages && { pages }) });
  const log = sample.image.log!;
  const frames = framesOf(log);
  expect(frames.commitEnds).toHaveLength(logged);
  const wholeAt = (cut: number): number => kept + frames.commitEnds.filter((end) => end <= cut).length;
  const examiner = new Examiner(directory, ["a"]);
  const all = sample.commits.get("a")!;
  const hold = async (cut: number, options = {}, image: JournalImage = sample.image): Promise<void> => {
    const { opening, answers } = await examiner.examine({ ...image, log: log.subarray(0, cut) }, options);
    const expected = JSON.stringify(all.slice(0, wholeAt(cut)));
    mustBe(opening ?? answers.get("commits of a"), expected, `the commits of a log cut at byte ${cut}`);
    mustBe(answers.get("head of a"), `${wholeAt(cut)}`, `the head of a log cut at byte ${cut}`);
  };
  return { ...sample, log, frames, hold, examiner, wholeAt };
}

test("a log that is cut at any byte of its last three commits gives exactly the commits that are whole", async () => {
  const { log, hold, image, examiner } = await tornJournal();
  // The index is SQLite's own, made again by whoever opens the file first; it is left out here as a power loss would.
  const database = { database: image.database };
  for (let cut = 0; cut <= log.length; cut++) await hold(cut, { readOnly: cut % 8 > 0 }, database);
  expect(examiner.examined).toBe(log.length + 1);
}, 300_000);

test("so it does with pages of the usual size, cut at every byte around and within the headers of its frames", async () => {
  const { log, frames, hold, examiner } = await tornJournal("usual");
  const cuts = new Set<number>();
  for (const end of frames.ends) for (let near = -2; near <= frameHeaderBytes + 2; near++) cuts.add(end + near);
  for (let cut = 0; cut <= log.length; cut += Math.max(1, Math.floor(400 / faultRounds))) cuts.add(cut);
  for (const cut of cuts) if (cut <= log.length) await hold(cut, { readOnly: cut % 2 === 1 });
  expect(examiner.examined).toBeGreaterThan(frames.ends.length * frameHeaderBytes);
});

test("an index of the log that is stale, cut or nonsense changes nothing of what is read", async () => {
  const { log, frames, hold, image, examiner } = await tornJournal();
  const index = image.index!;
  const nonsense = Buffer.alloc(index.length, 0xa5);
  const half = index.subarray(0, 100);
  for (const cut of [...frames.ends, log.length - 1, log.length - 600, 40]) {
    for (const stale of [index, half, nonsense]) await hold(cut, {}, { database: image.database, index: stale });
  }
  expect(examiner.examined).toBe(3 * (frames.ends.length + 3));
});

test("after a cut the journal goes on where it stands, and what was lost never comes back", async () => {
  const { image, log, examiner, wholeAt, commits } = await tornJournal();
  for (let cut = 0; cut <= log.length; cut += Math.ceil(97 / faultRounds)) {
    const start = wholeAt(cut);
    const other = commitAfter(start, 1, `What came after byte ${cut}.`);
    let after: JournalImage | undefined;
    await examiner.examine({ database: image.database, log: log.subarray(0, cut) }, {}, async (journal) => {
      await journal.append("a", start, [other]);
      after = imageOf(journal.location!);
    });
    const { answers } = await examiner.examine(after!);
    const expected = JSON.stringify([...commits.get("a")!.slice(0, start), other]);
    mustBe(answers.get("commits of a"), expected, `the commits after a cut at byte ${cut} and one more`);
  }
  expect(examiner.examined).toBeGreaterThan(2 * Math.floor(log.length / 97));
});

test("what a process left behind that was killed is read as far as its log was kept", async () => {
  const directory = quickDirectory();
  const path = join(directory, "killed.db");
  const writer = startFixture("writer.ts", [path, "a"]);
  for (let lines = 0; lines < 30; lines++) await writer.lines.next();
  writer.process.kill("SIGKILL");
  const acknowledged = Number((await writer.ended()).at(-1) ?? 30);
  const image = imageOf(path);
  const log = image.log!;
  const { commitEnds } = framesOf(log);
  // Before the first commit the log holds the making of the tables.
  const made = commitEnds.length - (await headOf(path));
  const examiner = new Examiner(directory, ["a"]);
  for (let cut = log.length; cut > 0; cut -= Math.ceil(2_000 / faultRounds)) {
    const { opening, answers } = await examiner.examine({ database: image.database, log: log.subarray(0, cut) });
    const whole = commitEnds.filter((end) => end <= cut).length - made;
    const expected = JSON.stringify(Array.from({ length: Math.max(0, whole) }, (_, position) => commitAfter(position)));
    mustBe(opening ?? answers.get("commits of a"), expected, `the commits of a log cut at byte ${cut}`);
  }
  expect(await headOf(path)).toBeGreaterThanOrEqual(acknowledged);
});

async function headOf(path: string): Promise<number> {
  const journal = sqliteJournal(path, { readOnly: true });
  const head = await journal.head("a");
  await journal.close();
  return head;
}
