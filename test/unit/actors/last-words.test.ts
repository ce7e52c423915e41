import { hostname } from "node:os";
import { expect, test } from "vitest";
import { defineGraph, memoryJournal, openRuntime, step, task } from "runfold";
import type { Commit, Journal, Owner, Run } from "runfold";
import { journalWith } from "../../../src/ports/journal-with.ts";
import { openWorld, turns } from "./world.ts";

/** No process has this id, on any system that this runs on. */
const goneOwner: Owner = { host: hostname(), pid: 2 ** 30, processStart: "1" };

/** What a process that is gone by now wrote of a run, to its end. */
async function writtenByAnother(): Promise<readonly Commit[]> {
  const journal = memoryJournal();
  const asOwner = <Value>(value: Value): Value =>
    JSON.parse(JSON.stringify(value, (key, part: unknown) => (key === "owner" ? goneOwner : part))) as Value;
  const owned = journalWith(journal, {
    append: (run, expected, commits, options) => journal.append(run, expected, commits.map(asOwner), options),
    close: async () => undefined,
  });
  await using runtime = await openRuntime({ journal: owned });
  const only = step("only", { run: task(() => "done") });
  const run = await runtime.start(defineGraph("short", { objective: "End soon.", steps: [only] }), { id: "short" });
  await run.outcome();
  return await journal.read("short", 0);
}

/** A reader of a run whose last commit is in the journal, and has not come to the reader yet. */
async function readerBehind(): Promise<{ run: Run; comeTrue: () => void }> {
  const commits = await writtenByAnother();
  const journal = memoryJournal();
  await journal.append("short", 0, commits.slice(0, -1), { summary: {} });
  let comeTrue = (): void => undefined;
  const released = new Promise<void>((resolve) => (comeTrue = resolve));
  const behind: Journal = journalWith(journal, {
    follow: async function* (run, after, signal) {
      await released;
      yield* journal.follow(run, after, signal);
    },
  });
  const { runtime } = await openWorld({ journal: behind, recover: false });
  const run = (await runtime.get("short"))!;
  await journal.append("short", await journal.head("short"), commits.slice(-1), { summary: {} });
  return { run, comeTrue };
}

test("a wait that finds the owner of a run gone hears the owner's last words first", async () => {
  const { run, comeTrue } = await readerBehind();
  expect(run.isAbandoned()).toBe(true);
  const ended = run.wait({ until: "end" });
  await turns();
  comeTrue();
  expect(await ended).toMatchObject({ woke: "end", run: { status: "succeeded" } });
});

test("a cancel that finds the owner of a run gone hears the owner's last words first", async () => {
  const { run, comeTrue } = await readerBehind();
  const refused = run.cancel();
  await turns();
  comeTrue();
  expect(await refused).toMatchObject({ refused: "ended" });
});
