import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { sqliteJournal } from "../../../src/adapters/journals/sqlite-journal.ts";
import { commitStart } from "../../../src/domain/commit.ts";
import type { Journal } from "../../../src/ports/journal.ts";
import { startFixture } from "./child-process.ts";
import { begin, commitAfter } from "./sample-commits.ts";
import { temporaryDirectory } from "./temporary-directory.ts";

const killRounds = Number(process.env["RUNFOLD_KILL_ROUNDS"] ?? 5);

describe("the journal in a SQLite file, between processes", () => {
  test("another process that reads along sees every commit, in order and without a gap", async () => {
    const path = join(temporaryDirectory(), "runs.db");
    const journal = sqliteJournal(path);
    await begin(journal, "a", 1);
    const reader = startFixture("reader.ts", [path, "a", "1000"]);
    await reader.lines.next();
    for (let position = 1; position < 1_000; position++) await journal.append("a", position, [commitAfter(position)]);
    expect(await reader.ended()).toEqual(["position 1000, gaps 0"]);
    await journal.close();
  });

  test("another process's appends wake a follower here", async () => {
    const path = join(temporaryDirectory(), "runs.db");
    const journal = sqliteJournal(path);
    const writer = startFixture("writer.ts", [path, "a", "50"]);
    let position = 0;
    for await (const commits of journal.follow("a", 0, new AbortController().signal)) {
      expect(commitStart(commits[0]!)).toBe(position);
      position = commits.at(-1)!.position;
      if (position === 50) break;
    }
    expect(await writer.ended()).toHaveLength(50);
    await journal.close();
  });

  test("several processes may make the same file at the same moment", async () => {
    const path = join(temporaryDirectory(), "new", "runs.db");
    const writers = Array.from({ length: 4 }, (_, index) => startFixture("writer.ts", [path, `run-${index}`, "20"]));
    const printed = await Promise.all(writers.map((writer) => writer.ended()));
    expect(printed.map((lines) => lines.at(-1))).toEqual(["20", "20", "20", "20"]);
    const journal = sqliteJournal(path);
    expect((await journal.list()).map(({ position }) => position)).toEqual([20, 20, 20, 20]);
    await journal.close();
  });

  test(`kill -9 of a writing process loses nothing that it acknowledged, ${killRounds} times`, async () => {
    const path = join(temporaryDirectory(), "runs.db");
    let before = 0;
    for (let round = 1; round <= killRounds; round++) {
      const writer = startFixture("writer.ts", [path, "a"]);
      for (let lines = 0; lines < 20 * round; lines++) await writer.lines.next();
      writer.process.kill("SIGKILL");
      const acknowledged = Number((await writer.ended()).at(-1) ?? before + 20 * round);
      const journal = sqliteJournal(path);
      const positions = await allPositions(journal);
      // One commit more may be on disk: its acknowledgement was still on the way.
      expect([acknowledged, acknowledged + 1]).toContain(positions.length);
      expect(positions).toEqual(Array.from({ length: positions.length }, (_, index) => index + 1));
      before = positions.length;
      await journal.append("a", before, [commitAfter(before)]);
      before++;
      await journal.close();
    }
  });
});

async function allPositions(journal: Journal): Promise<number[]> {
  const positions: number[] = [];
  for (;;) {
    const commits = await journal.read("a", positions.at(-1) ?? 0);
    if (commits.length === 0) return positions;
    for (const commit of commits) positions.push(commit.position);
  }
}
