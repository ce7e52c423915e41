import { join } from "node:path";
import { expect, test } from "vitest";
import { sqliteJournal } from "../../src/adapters/journals/sqlite-journal.ts";
import { startFixture } from "../conformance/journal/child-process.ts";
import { begin, commitAfter } from "../conformance/journal/sample-commits.ts";
import { temporaryDirectory } from "../conformance/journal/temporary-directory.ts";
import { faultRounds } from "./journal-image.ts";

const wins = 150 * faultRounds;

/** Lets writers race from the same moment on; returns what each of them printed. */
async function race(path: string, writers: readonly { readonly run: string; readonly name: string }[]) {
  const journal = sqliteJournal(path);
  const fixtures = writers.map(({ run, name }) => startFixture("racing-writer.ts", [path, run, name, String(wins)]));
  await Promise.all(fixtures.map(({ lines }) => lines.next()));
  await begin(journal, "start", 1);
  const printed = await Promise.all(fixtures.map((fixture) => fixture.ended()));
  return { journal, printed };
}

test("of two processes that append at one position of a run, exactly one wins, and the other is told", async () => {
  const names = ["left", "right"];
  const writers = names.map((name) => ({ run: "a", name }));
  const { journal, printed } = await race(join(temporaryDirectory(), "runs.db"), writers);
  const outcomes = printed.flatMap((lines, index) =>
    lines.map((line) => {
      const [outcome = "", position = ""] = line.split(" ");
      return { outcome, position: Number(position), name: names[index]! };
    }),
  );
  const won = outcomes.filter(({ outcome }) => outcome === "won").toSorted((a, b) => a.position - b.position);
  expect(won.map(({ position }) => position)).toEqual(Array.from({ length: 2 * wins }, (_, position) => position));
  const losses = outcomes.filter(({ outcome }) => outcome !== "won");
  expect(losses.filter(({ outcome }) => outcome !== "journal.conflict")).toEqual([]);
  // Both began at position 0, so one of them lost at least there.
  expect(printed.filter((lines) => lines.includes("journal.conflict 0"))).toHaveLength(1);
  const expected = won.map(({ name, position }) => commitAfter(position, 1, `${name} at ${position}`));
  expect(await journal.read("a", 0, 2 * wins)).toEqual(expected);
  expect(await journal.entry("a")).toEqual({ run: "a", position: 2 * wins, summary: won.at(-1)!.name });
  await journal.close();
});

test("processes that write different runs of one file do not hinder each other", async () => {
  const runs = ["a", "b", "c"];
  const writers = runs.map((run) => ({ run, name: run }));
  const { journal, printed } = await race(join(temporaryDirectory(), "runs.db"), writers);
  const all = Array.from({ length: wins }, (_, position) => position);
  for (const [index, run] of runs.entries()) {
    expect(printed[index]).toEqual(all.map((position) => `won ${position}`));
    const expected = all.map((position) => commitAfter(position, 1, `${run} at ${position}`));
    expect(await journal.read(run, 0, wins)).toEqual(expected);
  }
  await journal.close();
});
