import { describe, expect, test } from "vitest";
import type { JournalCall } from "runfold/testing";
import { brokenLaws } from "../property/journal-laws.ts";
import { eventsOf } from "../support/record-run.ts";
import { unhandledDuring } from "../support/unhandled.ts";
import { graphs, Life } from "./life-on-a-journal.ts";

type Call = JournalCall | "append";

/** Checkpoints are not saved in so short a life; that one is only a cache is held where they are. */
const calls: readonly Call[] = [
  "append",
  "read",
  "head",
  "follow",
  "list",
  "entry",
  "delete",
  "send",
  "inbox",
  "renewLease",
  "leaseOf",
  "loadCheckpoint",
  "noticeMarks",
  "markNotice",
];

const countOf = ({ journal }: Life, call: Call): number => (call === "append" ? journal.appends : journal.calls(call));

/** Lives once with the n-th call failing; returns what was wrong with that life, and whether there was such a call. */
async function liveWithout(call: Call, nth: number): Promise<{ readonly wrong: string[]; readonly isPast: boolean }> {
  const life = new Life();
  if (call === "append") life.journal.failAppend(nth);
  else life.journal.failCall(call, nth);
  const wrong = (await unhandledDuring(() => life.live())).map((error) => `nobody caught ${String(error)}`);
  wrong.push(...life.hanging.map((what) => `${what} never came to an end`));
  const allowed = new Set(["done", "journal.failed", "run.live"]);
  // Who watches a run that its writer has lost, or that nobody could cancel, is told when its own runtime closes.
  if (call === "append" || life.told.get("cancel") !== "done") allowed.add("runtime.closed");
  if (life.told.get("start main") !== "done") allowed.add("run.unknown");
  for (const [what, told] of life.told) if (!allowed.has(told)) wrong.push(`${what} was told ${told}`);
  for (const id of ["main", "hanging"]) wrong.push(...(await wrongOf(life, id, call)));
  return { wrong: wrong.map((text) => `${call} ${nth}: ${text}`), isPast: countOf(life, call) < nth };
}

async function wrongOf({ inner, journal, told, reports }: Life, id: string, call: Call): Promise<string[]> {
  const isCleaned = told.get("clean up") === "done" && id === "hanging";
  const commits = await inner.read(id, 0, 1_000);
  if (isCleaned) return commits.length > 0 ? ["a run that was cleaned up is still there"] : [];
  const wrong = brokenLaws(graphs[id]!, commits);
  const events = eventsOf(commits).map((event) => JSON.stringify(event));
  if (events.length !== journal.kept(id)) wrong.push(`${id} has ${events.length} events of ${journal.kept(id)}`);
  const isStarted = told.get(`start ${id}`) === "done";
  if (isStarted !== events.length > 0) wrong.push(`whoever started ${id} was told something else`);
  // Only a commit that is lost stops a run: a reading that fails is its reader's trouble alone.
  const isMustEnd = call !== "append" && isStarted && (id === "main" || told.get("cancel") === "done");
  if (isMustEnd && !events.some((event) => event.includes('"run.settled"')))
    wrong.push(`${id} did not come to its end`);
  for (const { report } of reports.filter(({ run }) => run === id)) {
    wrong.push(...report.broken);
    if (report.kind === "snapshot$") continue;
    const isPrefix = report.seen.every((event, index) => event === events[index]);
    if (!isPrefix) wrong.push(`${report.kind} of ${id} saw what was not committed`);
  }
  return wrong;
}

test("a life without a fault makes each of these calls, and everyone is told that it is done", async () => {
  const life = new Life();
  await life.live();
  expect(calls.filter((call) => countOf(life, call) === 0)).toEqual([]);
  expect([...life.told].filter(([, told]) => told !== "done")).toEqual([["resume", "run.live"]]);
  expect(life.told.size).toBe(20);
  expect(life.hanging).toEqual([]);
});

describe("whichever call fails, no fact is lost, nothing uncommitted is seen, and nothing hangs", () => {
  test.each(calls)("%s", async (call) => {
    const wrong: string[] = [];
    let nth = 1;
    for (; nth < 1_000; nth++) {
      const life = await liveWithout(call, nth);
      if (life.isPast) break;
      wrong.push(...life.wrong);
    }
    expect(wrong).toEqual([]);
    expect(nth).toBeGreaterThan(1);
  });
});
