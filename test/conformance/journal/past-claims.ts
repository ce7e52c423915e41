import { expect, test } from "vitest";
import { type JournalHarness, needs, reopened } from "./harness.ts";
import { limits } from "../../../src/domain/limits.ts";
import { begin, commitAfter, positions } from "./sample-commits.ts";

/** What the journal promises about runs that begin with the past of another, and about signs of life. */
export function pastClaims(harness: JournalHarness): void {
  test("a run begins with the past of another, in the very append that makes it", async () => {
    const journal = harness.open();
    const commits = await begin(journal, "a", 2, 1, 3);
    const fork = commitAfter(3, 1, "from here on");
    await journal.append("b", 3, [fork], { past: { run: "a", through: 3 }, summary: "forked" });
    expect(await journal.read("b", 0)).toEqual([...commits.slice(0, 2), fork]);
    expect(await journal.head("b")).toBe(4);
    expect((await journal.entry("b"))?.summary).toBe("forked");
    expect(await journal.read("a", 0)).toEqual(commits);
    await journal.close();
  });

  test("the two runs share nothing afterwards", async () => {
    const journal = harness.open();
    const commits = await begin(journal, "a", 1, 1);
    await journal.append("b", 2, [commitAfter(2)], { past: { run: "a", through: 2 } });
    await journal.append("a", 2, [commitAfter(2, 2, "only here")]);
    await journal.append("b", 3, [commitAfter(3)]);
    expect(positions(await journal.read("a", 0))).toEqual([1, 2, 4]);
    expect(positions(await journal.read("b", 0))).toEqual([1, 2, 3, 4]);
    await journal.delete("a");
    expect((await journal.read("b", 0)).slice(0, 2)).toEqual(commits);
    await journal.close();
  });

  test("a past that ends inside a commit, beyond the end, or not where it is expected, makes no run", async () => {
    const journal = harness.open();
    await begin(journal, "a", 2, 2);
    const conflict = { code: "journal.conflict" };
    const append = (expected: number, run: string, through: number): Promise<void> =>
      journal.append("b", expected, [commitAfter(expected)], { past: { run, through } });
    await expect(append(3, "a", 3)).rejects.toMatchObject(conflict);
    await expect(append(5, "a", 5)).rejects.toMatchObject(conflict);
    await expect(append(4, "a", 2)).rejects.toMatchObject(conflict);
    await expect(append(2, "unknown", 2)).rejects.toMatchObject(conflict);
    await expect(append(0, "a", 0)).rejects.toMatchObject(conflict);
    expect(await journal.head("b")).toBe(0);
    expect(await journal.list()).toHaveLength(1);
    await journal.close();
  });

  test("a run that exists gets no other past", async () => {
    const journal = harness.open();
    await begin(journal, "a", 2);
    await begin(journal, "b", 2);
    const past = { past: { run: "a", through: 2 } };
    await expect(journal.append("b", 2, [commitAfter(2)], past)).rejects.toMatchObject({ code: "journal.conflict" });
    expect(await journal.head("b")).toBe(2);
    await journal.close();
  });

  test("of two forks under one id that come at once, one is made", async () => {
    const journal = harness.open();
    await begin(journal, "a", 2, 1);
    const past = { run: "a", through: 2 };
    const appends = [2, 2].map((start) => journal.append("b", start, [commitAfter(start)], { past }));
    const outcomes = await Promise.allSettled(appends);
    expect(outcomes.map(({ status }) => status).toSorted()).toEqual(["fulfilled", "rejected"]);
    expect(positions(await journal.read("b", 0))).toEqual([2, 3]);
    await journal.close();
  });

  test("an append, a copy and a deletion that mean another life of the id change nothing", async () => {
    const journal = harness.open();
    const conflict = { code: "journal.conflict" };
    await journal.append("a", 0, [commitAfter(0, 2)], { life: "first" });
    expect(await journal.entry("a")).toMatchObject({ run: "a", life: "first", position: 2 });
    await journal.delete("a", 2, "first");
    await journal.append("a", 0, [commitAfter(0, 2)], { life: "second", summary: "of the second" });
    await expect(journal.append("a", 2, [commitAfter(2)], { life: "first" })).rejects.toMatchObject(conflict);
    await expect(journal.append("a", 2, [], { life: "first" })).rejects.toMatchObject(conflict);
    const past = { run: "a", life: "first", through: 2 };
    await expect(journal.append("b", 2, [commitAfter(2)], { past, life: "fork" })).rejects.toMatchObject(conflict);
    await journal.delete("a", 2, "first");
    expect(await journal.list()).toEqual([{ run: "a", life: "second", position: 2, summary: "of the second" }]);
    await journal.append("a", 2, [], { life: "second" });
    await journal.append("a", 2, [commitAfter(2)], { life: "second" });
    const fork = { past: { run: "a", life: "second", through: 3 }, life: "fork" };
    await journal.append("b", 3, [commitAfter(3)], fork);
    expect(await journal.entry("b")).toMatchObject({ life: "fork", position: 4 });
    await journal.delete("a", 3, "second");
    expect((await journal.list()).map(({ run }) => run)).toEqual(["b"]);
    await journal.close();
  });

  test("a run that was made without naming its life may be meant by any", async () => {
    const journal = harness.open();
    await begin(journal, "a", 1);
    expect(await journal.entry("a")).toEqual({ run: "a", position: 1, summary: null });
    await journal.append("a", 1, [commitAfter(1)], { life: "any" });
    await journal.delete("a", 2, "another");
    expect(await journal.head("a")).toBe(0);
    await journal.close();
  });

  test("messages of one run are found among those of others, in order", async () => {
    const journal = harness.open();
    await begin(journal, "a", 1);
    await begin(journal, "b", 1);
    for (const number of [1, 2, 3]) {
      await journal.send("a", `a${number}`);
      await journal.send("b", `b${number}`);
    }
    const of = async (run: string, after = 0, limit?: number): Promise<unknown[]> =>
      (await journal.inbox(after, limit, run)).map(({ message }) => message);
    expect(await of("b")).toEqual(["b1", "b2", "b3"]);
    expect(await of("b", 0, 2)).toEqual(["b1", "b2"]);
    const [first] = await journal.inbox(0, 1, "b");
    expect(await of("b", first!.number)).toEqual(["b2", "b3"]);
    expect(await of("nobody")).toEqual([]);
    await journal.append("b", 1, [commitAfter(1)], { inboxThrough: first!.number + 2 });
    expect(await of("b")).toEqual(["b3"]);
    expect(await of("a")).toEqual(["a1", "a2", "a3"]);
    await journal.close();
  });

  test("a sign of life replaces the one before, and is forgotten when it has long lapsed", async () => {
    const journal = harness.open();
    expect(await journal.leaseOf("host/1/2")).toBeUndefined();
    await journal.renewLease("host/1/2", 1_700_000_000_000);
    await journal.renewLease("host/1/2", 1_700_000_030_000);
    await journal.renewLease("host/2/2", 5);
    expect(await journal.leaseOf("host/1/2")).toBe(1_700_000_030_000);
    // An owner that leaves says that it was there until then, and is forgotten later.
    await journal.renewLease("host/1/2", 1_700_000_010_000);
    expect(await journal.leaseOf("host/1/2")).toBe(1_700_000_010_000);
    expect(await journal.leaseOf("host/2/2")).toBeUndefined();
    await journal.renewLease("host/2/2", 1_700_000_010_001 + limits.leaseKeptMs);
    expect(await journal.leaseOf("host/1/2")).toBeUndefined();
    await journal.close();
  });

  test("another journal on the same store sees a sign of life", async (context) => {
    needs(context, harness.capabilities.shared);
    const journal = harness.open();
    await journal.renewLease("host/1/2", 42);
    const other = reopened(harness, journal);
    expect(await other.leaseOf("host/1/2")).toBe(42);
    await other.close();
    await journal.close();
  });
}
