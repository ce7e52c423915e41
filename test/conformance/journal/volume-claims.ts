import { expect, test } from "vitest";
import type { JournalHarness } from "./harness.ts";
import { commitAfter } from "./sample-commits.ts";

const runs = 1_000;
const commitsPerRun = 100;
const eventsPerCommit = 10;
const commitsPerAppend = 20;

/** That a million events are nothing special. */
export function volumeClaims(harness: JournalHarness): void {
  test("a thousand runs with a million events are appended, listed and read without a gap", async () => {
    const journal = harness.open();
    await Promise.all(Array.from({ length: runs }, (_, run) => fill(run)));
    const entries = await journal.list();
    expect(entries).toHaveLength(runs);
    expect(entries.every(({ position }) => position === commitsPerRun * eventsPerCommit)).toBe(true);
    let events = 0;
    for (const { run } of entries) {
      for (const commit of await journal.read(run, 0)) events += commit.events.length;
    }
    expect(events).toBe(1_000_000);
    await journal.close();

    async function fill(run: number): Promise<void> {
      for (let start = 0; start < commitsPerRun; start += commitsPerAppend) {
        const commits = Array.from({ length: commitsPerAppend }, (_, index) =>
          commitAfter((start + index) * eventsPerCommit, eventsPerCommit),
        );
        await journal.append(`run-${run}`, start * eventsPerCommit, commits);
      }
    }
  });
}
