import { copyFileSync, renameSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { sqliteJournal } from "../../src/adapters/journals/sqlite-journal.ts";
import type { Commit } from "../../src/domain/commit.ts";
import type { Journal } from "../../src/ports/journal.ts";
import { begin, commitAfter } from "../conformance/journal/sample-commits.ts";
import { temporaryDirectory } from "../conformance/journal/temporary-directory.ts";
import { workplaces, type Workplace } from "./cli-process.ts";

const workplace = workplaces();

interface Begun {
  readonly path: string;
  readonly journal: Journal;
  readonly commits: readonly Commit[];
}

async function begun(): Promise<Begun> {
  const path = join(temporaryDirectory(), "runs.db");
  const journal = sqliteJournal(path);
  onTestFinished(() => journal.close());
  return { path, journal, commits: await begin(journal, "a", 1, 1) };
}

/** Appends in vain, and once more to see that it stays so. */
async function expectRefused({ journal, path }: Begun, file: "gone" | "replaced"): Promise<void> {
  for (const run of ["a", "b"]) {
    const start = run === "a" ? 2 : 0;
    await expect(journal.append(run, start, [commitAfter(start)])).rejects.toMatchObject({
      code: "journal.failed",
      details: { path, file },
      message: expect.stringContaining("would be lost"),
    });
  }
}

async function commitsIn(path: string, run: string): Promise<readonly Commit[]> {
  const journal = sqliteJournal(path, { readOnly: true });
  try {
    return await journal.read(run, 0);
  } finally {
    await journal.close();
  }
}

describe("a database file that is taken away while it is written", () => {
  test("is noticed before anything is acknowledged that is lost with it", async () => {
    const one = await begun();
    rmSync(one.path);
    await expectRefused(one, "gone");
    await expect(one.journal.send("a", "Hello.")).rejects.toMatchObject({ code: "journal.failed" });
  });

  test("keeps what was acknowledged when it was moved, and is written no more when it comes back", async () => {
    const one = await begun();
    const moved = `${one.path}.moved`;
    renameSync(one.path, moved);
    await expectRefused(one, "gone");
    renameSync(moved, one.path);
    await expect(one.journal.append("a", 2, [commitAfter(2)])).rejects.toMatchObject({ code: "journal.failed" });
    renameSync(one.path, moved);
    await one.journal.close();
    expect(await commitsIn(moved, "a")).toEqual(one.commits);
    expect(await commitsIn(moved, "b")).toEqual([]);
  });

  test("is noticed when a copy has taken its place, and what was acknowledged stays in it", async () => {
    const one = await begun();
    copyFileSync(one.path, `${one.path}.copy`);
    renameSync(one.path, `${one.path}.moved`);
    renameSync(`${one.path}.copy`, one.path);
    await expectRefused(one, "replaced");
    await one.journal.close();
    expect(await commitsIn(`${one.path}.moved`, "a")).toEqual(one.commits);
  });

  test("is noticed with its whole directory", async () => {
    const { path, journal } = await begun();
    const directory = dirname(path);
    renameSync(directory, `${directory}.moved`);
    onTestFinished(() => rmSync(`${directory}.moved`, { recursive: true }));
    await expect(journal.append("a", 2, [commitAfter(2)])).rejects.toMatchObject({ details: { file: "gone" } });
  });

  test("can be opened again once it is back", async () => {
    const one = await begun();
    renameSync(one.path, `${one.path}.moved`);
    await expectRefused(one, "gone");
    renameSync(`${one.path}.moved`, one.path);
    await one.journal.close();
    const journal = sqliteJournal(one.path);
    onTestFinished(() => journal.close());
    await journal.append("a", 2, [commitAfter(2)]);
    expect(await journal.read("a", 0)).toEqual([...one.commits, commitAfter(2)]);
  });
});

/** Runs a command whose one step takes the database away, and then ends well. */
async function runThatTakes(place: Workplace, shell: string) {
  const graph = place.graph("taking", [{ id: "take", shell }]);
  return place.run(["run", graph, "--db", "runs.db"]);
}

describe("a run whose database is taken away", () => {
  test("does not end well, and says why", async () => {
    const { code, stderr, stdout } = await runThatTakes(workplace(), "rm runs.db");
    expect(code).toBe(1);
    expect(stderr).toContain("runs.db was deleted or moved away while it was written");
    expect(stdout).not.toContain("ended: succeeded");
  });

  test("is gone on with once it is back", async () => {
    const place = workplace();
    const taken = await runThatTakes(place, "test -e once || { touch once; mv runs.db runs.moved; }");
    expect(taken.code).toBe(1);
    expect(taken.stderr).toContain("If it was moved, put it back with its -wal, and go on with runfold resume.");
    renameSync(place.path("runs.moved"), place.path("runs.db"));
    const { code, stdout } = await place.run(["resume", "--db", "runs.db"]);
    expect(stdout).toContain("succeeded");
    expect(code).toBe(0);
  });
});
