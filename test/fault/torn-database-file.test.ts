import { describe, expect, test } from "vitest";
import type { Commit } from "../../src/domain/commit.ts";
import { mustBe } from "../support/must-be.ts";
import { Examiner, faultRounds, isRefusal, type JournalImage, type Look, smallPageBytes } from "./journal-image.ts";
import { framesOf } from "./log-frames.ts";
import { quickDirectory } from "./quick-directory.ts";
import { sampleJournal } from "./sample-journal.ts";

const runs = ["a", "b"];

async function open(options: { readonly kept: number; readonly logged: number }) {
  const directory = quickDirectory();
  const sample = await sampleJournal(directory, { ...options, runs });
  return { ...sample, examiner: new Examiner(directory, runs) };
}

/** Holds what was read against what was acknowledged; returns how many runs were refused, alone or with the whole file. */
function refusedRuns(
  { opening, answers }: Look,
  commits: ReadonlyMap<string, readonly Commit[]>,
  what: string,
): number {
  if (opening !== undefined) {
    mustBe(String(isRefusal(opening)), "true", `a clear refusal: ${opening} of ${what}`);
    return runs.length;
  }
  let refused = 0;
  for (const run of runs) {
    const answer = answers.get(`commits of ${run}`);
    if (isRefusal(answer)) refused++;
    else mustBe(answer, JSON.stringify(commits.get(run)), `the commits of ${run} in ${what}`);
  }
  return refused;
}

describe("a database file that was cut short", () => {
  test("is refused, or what it still holds is read as it was", async () => {
    const { image, commits, examiner } = await open({ kept: 3, logged: 0 });
    const { database } = image;
    let refused = 0;
    let tried = 0;
    for (const cut of cutsOf(database.length)) {
      const look = await examiner.examine({ database: database.subarray(0, cut) }, { readOnly: cut % 2 === 0 });
      refused += refusedRuns(look, commits, `a file cut at byte ${cut}`);
      tried += runs.length;
    }
    // Nearly every cut is noticed; where it is not, nothing was cut off that the runs need.
    expect(refused).toBeGreaterThan(tried / 2);
  });

  test("is repaired by a log that has all of it, and refused otherwise", async () => {
    const { image, commits, examiner } = await open({ kept: 3, logged: 3 });
    let read = 0;
    for (const cut of cutsOf(image.database.length)) {
      const torn: JournalImage = { ...image, database: image.database.subarray(0, cut) };
      read +=
        runs.length - refusedRuns(await examiner.examine(torn), commits, `a file cut at byte ${cut}, and its log`);
    }
    expect(read).toBeGreaterThan(0);
  });
});

test("a page full of zeros is refused where it matters, and otherwise not missed", async () => {
  const { image, commits, examiner } = await open({ kept: 3, logged: 0 });
  let refused = 0;
  for (let start = 0; start < image.database.length; start += smallPageBytes) {
    const database = Buffer.from(image.database).fill(0, start, start + smallPageBytes);
    const look = await examiner.examine({ database });
    refused += refusedRuns(look, commits, `a file with page ${start / smallPageBytes + 1} zeroed`);
  }
  expect(refused).toBeGreaterThan(0);
});

describe("a log that is not there", () => {
  test("takes the commits with it that it alone had: the rest is read, without a gap", async () => {
    const { image, commits, examiner } = await open({ kept: 2, logged: 3 });
    const { opening, answers } = await examiner.examine({ database: image.database });
    expect(opening).toBeUndefined();
    for (const run of runs)
      expect(answers.get(`commits of ${run}`)).toBe(JSON.stringify(commits.get(run)!.slice(0, 2)));
  });

  test("or is empty, or no log, does the same; its missing index does nothing", async () => {
    const { image, commits, examiner } = await open({ kept: 2, logged: 3 });
    const { database, log } = image;
    const logs = [Buffer.alloc(0), Buffer.from("This is no log.\n".repeat(200)), Buffer.alloc(log!.length)];
    for (const other of logs) {
      const { answers } = await examiner.examine({ database, log: other });
      expect(answers.get("commits of a")).toBe(JSON.stringify(commits.get("a")!.slice(0, 2)));
    }
    const { answers } = await examiner.examine({ database, log });
    expect(answers.get("commits of a")).toBe(JSON.stringify(commits.get("a")));
  });
});

test("the log of another journal is never mixed with this one's commits", async () => {
  const own = await open({ kept: 4, logged: 0 });
  const shapes = [
    { kept: 1, logged: 3 },
    { kept: 4, logged: 1 },
    { kept: 6, logged: 2 },
  ];
  for (const shape of shapes) {
    const other = await sampleJournal(quickDirectory(), { ...shape, runs: ["b", "c", "a"], text: "from elsewhere" });
    const log = other.image.log!;
    for (const cut of framesOf(log).commitEnds) {
      const { answers } = await own.examiner.examine({ database: own.image.database, log: log.subarray(0, cut) });
      for (const run of runs) {
        const answer = answers.get(`commits of ${run}`) ?? "journal.corrupt";
        if (isRefusal(answer)) continue;
        const owners = [own.commits, other.commits].filter((commits) => isPrefix(answer, commits.get(run)!));
        expect(owners.length, `the commits of ${run} are those of one journal`).toBeGreaterThan(0);
      }
    }
  }
});

function isPrefix(answer: string, commits: readonly Commit[]): boolean {
  return commits.some((_, index) => answer === JSON.stringify(commits.slice(0, index + 1))) || answer === "[]";
}

/** Around every page's end, and in between. Not 0: an empty file is a new journal. */
function* cutsOf(length: number): Generator<number> {
  for (let page = smallPageBytes; page <= length; page += smallPageBytes) {
    yield page - 1;
    if (page === length) return;
    yield page;
    yield page + 1;
    for (let extra = 0; extra < 4 * faultRounds; extra++) yield page + 2 + ((extra * 89) % (smallPageBytes - 3));
  }
}
