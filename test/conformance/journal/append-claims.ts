import { expect, test } from "vitest";
import { type JournalHarness, reopened, needs } from "./harness.ts";
import { begin, commitAfter, commitsAfter, positions } from "./sample-commits.ts";

/** What `append` promises: order, the expected position, all or none. */
export function appendClaims(harness: JournalHarness): void {
  test("a run begins with an append at position 0 and grows at its end", async () => {
    const journal = harness.open();
    expect(await journal.head("a")).toBe(0);
    await journal.append("a", 0, commitsAfter(0, 2));
    expect(await journal.head("a")).toBe(2);
    await journal.append("a", 2, commitsAfter(2, 1, 3));
    expect(await journal.head("a")).toBe(6);
    expect(await journal.read("a", 0)).toEqual([...commitsAfter(0, 2), ...commitsAfter(2, 1, 3)]);
    await journal.close();
  });

  test("an append that expects another position conflicts, names both positions, and changes nothing", async () => {
    const journal = harness.open();
    await begin(journal, "a", 2);
    for (const expected of [0, 1, 3]) {
      const append = journal.append("a", expected, [commitAfter(expected)]);
      await expect(append).rejects.toMatchObject({
        code: "journal.conflict",
        details: { run: "a", expected, actual: 2 },
      });
    }
    await expect(journal.append("b", 1, [commitAfter(1)])).rejects.toMatchObject({ code: "journal.conflict" });
    expect(positions(await journal.read("a", 0))).toEqual([2]);
    expect(await journal.entry("b")).toBeUndefined();
    await journal.close();
  });

  test("of many writers that expect the same position exactly one wins", async () => {
    const journal = harness.open();
    await begin(journal, "a", 1);
    const outcomes = await Promise.allSettled(
      Array.from({ length: 20 }, (_, writer) => journal.append("a", 1, [commitAfter(1, 1, `writer ${writer}`)])),
    );
    expect(outcomes.map((outcome) => outcome.status === "fulfilled")).toEqual([true, ...Array(19).fill(false)]);
    expect(await journal.read("a", 1)).toEqual([commitAfter(1, 1, "writer 0")]);
    await journal.close();
  });

  test("a conflict does not touch the appends of other runs at the same moment", async () => {
    const journal = harness.open();
    await begin(journal, "a", 1);
    const appends = [
      journal.append("b", 0, [commitAfter(0)]),
      journal.append("a", 0, [commitAfter(0)]),
      journal.append("c", 0, [commitAfter(0)]),
    ];
    const outcomes = await Promise.allSettled(appends);
    expect(outcomes.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled"]);
    expect((await journal.list()).map(({ run, position }) => [run, position])).toEqual([
      ["a", 1],
      ["b", 1],
      ["c", 1],
    ]);
    await journal.close();
  });

  test("appends of one run take effect in the order of the calls, awaited or not", async () => {
    const journal = harness.open();
    const appends = Array.from({ length: 100 }, (_, index) => journal.append("a", index, [commitAfter(index)]));
    await Promise.all(appends);
    expect(positions(await journal.read("a", 0))).toEqual(Array.from({ length: 100 }, (_, index) => index + 1));
    await journal.close();
  });

  test("an empty append checks the position and changes nothing", async () => {
    const journal = harness.open();
    await begin(journal, "a", 2);
    await journal.append("a", 2, []);
    await expect(journal.append("a", 1, [])).rejects.toMatchObject({ code: "journal.conflict" });
    await journal.append("unknown", 0, []);
    await expect(journal.append("unknown", 1, [])).rejects.toMatchObject({ code: "journal.conflict" });
    expect(await journal.list()).toEqual([{ run: "a", position: 2, summary: null }]);
    await journal.close();
  });

  test.each([
    ["a gap at its beginning", [commitAfter(3)]],
    ["a gap inside", [commitAfter(2), commitAfter(4)]],
    ["an overlap", [commitAfter(2, 2), commitAfter(3)]],
    ["a commit without events", [{ ...commitAfter(2), events: [], position: 2 }]],
  ])("a list with %s is refused as a whole", async (_, commits) => {
    const journal = harness.open();
    await begin(journal, "a", 2);
    await expect(journal.append("a", 2, commits)).rejects.toMatchObject({ code: "invariant.broken" });
    expect(await journal.head("a")).toBe(2);
    expect(positions(await journal.read("a", 0))).toEqual([2]);
    await journal.close();
  });

  test("of two journals on one store the slower writer conflicts", async (context) => {
    needs(context, harness.capabilities.shared);
    const first = harness.open();
    const second = reopened(harness, first);
    await begin(first, "a", 1);
    await second.append("a", 1, [commitAfter(1, 1, "second")]);
    await expect(first.append("a", 1, [commitAfter(1)])).rejects.toMatchObject({ code: "journal.conflict" });
    expect(await first.read("a", 1)).toEqual([commitAfter(1, 1, "second")]);
    await Promise.all([first.close(), second.close()]);
  });

  test("what was appended is there when the store is opened again", async (context) => {
    needs(context, harness.capabilities.persistent);
    const first = harness.open();
    const commits = await begin(first, "a", 2, 3);
    await first.append("a", 5, [commitAfter(5)], { summary: { status: "running" } });
    await first.close();
    const second = reopened(harness, first);
    expect(await second.read("a", 0)).toEqual([...commits, commitAfter(5)]);
    expect(await second.list()).toEqual([{ run: "a", position: 6, summary: { status: "running" } }]);
    await second.close();
  });
}
