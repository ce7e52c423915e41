import { expect, test } from "vitest";
import { type JournalHarness, reopened, needs } from "./harness.ts";
import { begin, commitAfter, positions } from "./sample-commits.ts";

/** What the journal promises about whole runs: list, checkpoint, delete, close. */
export function keepingClaims(harness: JournalHarness): void {
  test("runs are listed in the order of their creation, each with its newest summary", async () => {
    const journal = harness.open();
    await begin(journal, "b", 1);
    await journal.append("a", 0, [commitAfter(0, 2)], { summary: { status: "running" } });
    await begin(journal, "C", 1);
    await journal.append("b", 1, [commitAfter(1)], { summary: ["new"] });
    await journal.append("a", 2, [commitAfter(2)]);
    const entries = [
      { run: "b", position: 2, summary: ["new"] },
      { run: "a", position: 3, summary: { status: "running" } },
      { run: "C", position: 1, summary: null },
    ];
    expect(await journal.list()).toEqual(entries);
    expect(await Promise.all(["b", "a", "C", "c"].map((run) => journal.entry(run)))).toEqual([...entries, undefined]);
    expect(await journal.list(2)).toEqual(entries.slice(1));
    expect(await journal.list(1)).toEqual(entries.slice(2));
    expect(await journal.list(4)).toEqual(entries);
    await journal.append("a", 3, [commitAfter(3)], { summary: null });
    expect((await journal.entry("a"))?.summary).toBeNull();
    await journal.close();
  });

  test("a run that is deleted and created again is listed as the youngest", async () => {
    const journal = harness.open();
    await begin(journal, "a", 1);
    await begin(journal, "b", 1);
    await journal.delete("a");
    await begin(journal, "a", 2);
    expect((await journal.list()).map(({ run, position }) => [run, position])).toEqual([
      ["b", 1],
      ["a", 2],
    ]);
    await journal.close();
  });

  test("a checkpoint replaces the one before, and one of an unknown run is dropped", async () => {
    const journal = harness.open();
    await begin(journal, "a", 3);
    expect(await journal.loadCheckpoint("a")).toBeUndefined();
    await journal.saveCheckpoint("a", { position: 1, state: "early" });
    await journal.saveCheckpoint("a", { position: 3, state: { steps: [1, null, "late"] } });
    expect(await journal.loadCheckpoint("a")).toEqual({ position: 3, state: { steps: [1, null, "late"] } });
    await journal.saveCheckpoint("unknown", { position: 1, state: "?" });
    expect(await journal.loadCheckpoint("unknown")).toBeUndefined();
    expect(await journal.list()).toHaveLength(1);
    await journal.close();
  });

  test("deleting removes commits, messages and the checkpoint, of that run alone", async () => {
    const journal = harness.open();
    await begin(journal, "a", 1, 1);
    await begin(journal, "b", 1);
    await Promise.all([journal.send("a", "gone"), journal.send("b", "stays")]);
    await journal.saveCheckpoint("a", { position: 1, state: 1 });
    await journal.delete("a");
    await journal.delete("a");
    await journal.delete("never there");
    expect(await journal.head("a")).toBe(0);
    expect(await journal.read("a", 0)).toEqual([]);
    expect(await journal.entry("a")).toBeUndefined();
    expect(await journal.loadCheckpoint("a")).toBeUndefined();
    expect((await journal.inbox(0)).map(({ message }) => message)).toEqual(["stays"]);
    await begin(journal, "a", 1);
    expect(await journal.loadCheckpoint("a")).toBeUndefined();
    expect(positions(await journal.read("a", 0))).toEqual([1]);
    await journal.close();
  });

  test("a deletion takes its place among the appends of the run", async () => {
    const journal = harness.open();
    const outcomes = await Promise.allSettled([
      journal.append("a", 0, [commitAfter(0)]),
      journal.delete("a"),
      journal.append("a", 1, [commitAfter(1)]),
      journal.append("a", 0, [commitAfter(0, 3)]),
    ]);
    expect(outcomes.map(({ status }) => status)).toEqual(["fulfilled", "fulfilled", "rejected", "fulfilled"]);
    expect(await journal.head("a")).toBe(3);
    await journal.close();
  });

  test("a closed journal refuses everything, except to be closed again", async () => {
    const journal = harness.open();
    await begin(journal, "a", 1);
    await Promise.all([journal.close(), journal.close()]);
    await journal.close();
    const closed = { code: "journal.closed" };
    await expect(journal.append("a", 1, [commitAfter(1)])).rejects.toMatchObject(closed);
    await expect(journal.append("a", 1, [])).rejects.toMatchObject(closed);
    await expect(journal.read("a", 0)).rejects.toMatchObject(closed);
    await expect(journal.head("a")).rejects.toMatchObject(closed);
    await expect(journal.list()).rejects.toMatchObject(closed);
    await expect(journal.entry("a")).rejects.toMatchObject(closed);
    await expect(journal.delete("a")).rejects.toMatchObject(closed);
    await expect(journal.send("a", 1)).rejects.toMatchObject(closed);
    await expect(journal.inbox(0)).rejects.toMatchObject(closed);
    await expect(journal.saveCheckpoint("a", { position: 1, state: 1 })).rejects.toMatchObject(closed);
    await expect(journal.loadCheckpoint("a")).rejects.toMatchObject(closed);
    await expect(journal.noticeMarks({})).rejects.toMatchObject(closed);
    const told = { subscriber: "s", notice: 1, state: "delivered", attempts: 1, at: 1 } as const;
    await expect(journal.markNotice("a", told)).rejects.toMatchObject(closed);
    expect(() => journal.watch(() => undefined)).toThrow(expect.objectContaining(closed));
    const pages = journal.follow("a", 0, new AbortController().signal)[Symbol.asyncIterator]();
    await expect(pages.next()).rejects.toMatchObject(closed);
  });

  test("closing waits for what is under way", async (context) => {
    needs(context, harness.capabilities.persistent);
    const journal = harness.open();
    const appends = Array.from({ length: 50 }, (_, index) => journal.append("a", index, [commitAfter(index)]));
    await journal.close();
    await Promise.all(appends);
    const again = reopened(harness, journal);
    expect(await again.head("a")).toBe(50);
    await again.close();
  });
}
