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
