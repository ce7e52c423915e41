import { describe, expect, test } from "vitest";
import { defineGraph, memoryJournal, step, task } from "runfold";
import type { GraphNotify, Journal, Notice, NoticeSubscription } from "runfold";
import { journalWith } from "../../../src/ports/journal-with.ts";
import { Held, openWorld, turns } from "./world.ts";

/** One that outlives every runtime on it. */
function lasting(): Journal {
  return journalWith(memoryJournal(), { close: () => Promise.resolve() });
}

/** Takes so many notices; at the next one its process might as well be gone. */
function ear(
  taken = Number.POSITIVE_INFINITY,
  subscriber = "ear",
): { got: Notice[]; subscription: NoticeSubscription } {
  const got: Notice[] = [];
  const sink = (notice: Notice): undefined | Promise<never> => {
    got.push(notice);
    return got.length > taken ? new Promise<never>(() => undefined) : undefined;
  };
  return { got, subscription: { subscriber, sink } };
}

function two(notify: GraphNotify = {}) {
  const tasks = { a: new Held<string>(), b: new Held<string>() };
  const steps = Object.entries(tasks).map(([id, held]) => step(id, { run: task(held.call) }));
  return { tasks, graph: defineGraph("two", { objective: "Give two results.", steps, notify }) };
}

const keysOf = (notices: readonly Notice[]): string[] => notices.map(({ key }) => key);

describe("a process that was gone before a subscriber had been told", () => {
  test("of a run's end leaves that to the next, which tells it under the same key, once", async () => {
    const journal = lasting();
    const before = ear(1);
    const { runtime } = await openWorld({ journal, notices: [before.subscription] });
    const { graph, tasks } = two({ minIntervalSeconds: 0 });
    const run = await runtime.start(graph);
    tasks.a.succeed("x");
    await turns();
    tasks.b.succeed("x");
    await turns(20);
    expect(before.got).toHaveLength(2);
    const after = ear();
    const next = await openWorld({ journal, notices: [after.subscription] });
    await turns(20);
    expect(keysOf(after.got)).toEqual([before.got[1]!.key]);
    expect(after.got[0]).toMatchObject({ isTerminal: true, reasons: ["terminal:succeeded", "sink b succeeded"] });
    expect((await next.runtime.notices.of(run.id)).map(({ state }) => state)).toEqual([
      "closed",
      "delivered",
      "delivered",
    ]);
    const last = ear();
    await openWorld({ journal, notices: [last.subscription] });
    await turns(20);
    expect(last.got).toEqual([]);
  });

  test("of a run that goes on leaves that to the next, before all that comes; what was told is not told again", async () => {
    const journal = lasting();
    const before = ear(1);
    const { runtime } = await openWorld({ journal, notices: [before.subscription] });
    const { graph, tasks } = two({ minIntervalSeconds: 0 });
    await runtime.start(graph, { id: "x" });
    await tasks.a.started();
    await journal.send("x", { type: "noise" });
    await turns();
    tasks.a.succeed("x");
    await turns(20);
    expect(before.got.map(({ reasons }) => reasons)).toEqual([
      ["diagnostic:inbox-message-unknown"],
      ["sink a succeeded"],
    ]);
    const after = ear();
    const next = two({ minIntervalSeconds: 0 });
    const { runtime: heir } = await openWorld({ journal, graphs: [next.graph], notices: [after.subscription] });
    await heir.resume("x", { force: true });
    await turns(20);
    expect(keysOf(after.got)).toEqual([before.got[1]!.key]);
    next.tasks.b.succeed("x");
    await turns(20);
    expect(after.got.map(({ notice }) => notice)).toEqual([2, 3]);
    expect((await heir.notices.of("x")).map(({ notice, state }) => `${notice} ${state}`)).toEqual([
      "0 closed",
      "1 delivered",
      "2 delivered",
      "3 delivered",
    ]);
  });

  test("leaves what waits for its time to the next, which waits no longer than the rest of it", async () => {
    const journal = lasting();
    const { runtime, clock } = await openWorld({ journal });
    const { graph, tasks } = two({ minIntervalSeconds: 30 });
    await runtime.start(graph, { id: "x" });
    await journal.send("x", { type: "noise" });
    await turns();
    tasks.a.succeed("x");
    await clock.advance(20_000);
    const after = ear();
    const next = two({ minIntervalSeconds: 30 });
    const { runtime: heir } = await openWorld({ journal, clock, graphs: [next.graph], notices: [after.subscription] });
    await heir.resume("x", { force: true });
    await turns(20);
    expect(after.got.map(({ notice }) => notice)).toEqual([1]);
    await clock.advance(9_999);
    expect(after.got).toHaveLength(1);
    await clock.advance(1);
    expect(after.got[1]).toMatchObject({ notice: 2, reasons: ["sink a succeeded"] });
  });

  test("leaves nothing to a subscriber of another name, but of the runs that its runtime goes on with all there was", async () => {
    const journal = lasting();
    const before = ear(0);
    const { runtime } = await openWorld({ journal, notices: [before.subscription] });
    const ended = two({ mode: "final" });
    await runtime.start(ended.graph, { id: "ended" });
    ended.tasks.a.succeed("x");
    ended.tasks.b.succeed("x");
    await turns(20);
    const left = two({ minIntervalSeconds: 0 });
    await runtime.start(left.graph, { id: "left" });
    left.tasks.a.succeed("x");
    await turns(20);
    const other = ear(Number.POSITIVE_INFINITY, "other");
    const { runtime: heir } = await openWorld({ journal, graphs: [left.graph], notices: [other.subscription] });
    await turns(20);
    expect(other.got).toEqual([]);
    await heir.resume("left", { force: true });
    await turns(20);
    expect(other.got.map(({ run, notice }) => `${run} ${notice}`)).toEqual(["left 1"]);
    // The one who was to be told still is.
    expect(await journal.noticeMarks({ subscriber: "ear", state: "open" })).toHaveLength(2);
  });
});

test("a runtime that is closed tells what it has, the end of what it cancels included, and waits for a hanging sink only so long", async () => {
  const journal = lasting();
  const good = ear();
  const hung = ear(0, "hung");
  const { runtime, clock } = await openWorld({ journal, notices: [good.subscription, hung.subscription] });
  const { graph } = two();
  await runtime.start(graph, { id: "x" });
  let isClosed = false;
  const closing = runtime.close().then(() => (isClosed = true));
  await clock.advance(60_000);
  await closing;
  expect(isClosed).toBe(true);
  expect(good.got.map(({ status }) => status)).toEqual(["canceled"]);
  expect((await journal.noticeMarks({ run: "x" })).map(({ subscriber, state }) => `${subscriber} ${state}`)).toEqual([
    "ear closed",
    "ear delivered",
    "hung open",
  ]);
});

test("what comes after a notice that could not be told yet is left to the next process as well, so that it comes after it", async () => {
  const journal = lasting();
  const got: number[] = [];
  const refusing = {
    subscriber: "ear",
    sink: ({ notice }: Notice) => (got.push(notice), notice === 1 ? "not now" : undefined),
  };
  const { runtime } = await openWorld({ journal, notices: [refusing] });
  const { graph, tasks } = two({ minIntervalSeconds: 0 });
  await runtime.start(graph, { id: "x" });
  tasks.a.succeed("x");
  await turns();
  tasks.b.succeed("x");
  await turns(20);
  await runtime.close();
  expect(got).toEqual([1]);
  const after = ear();
  await openWorld({ journal, notices: [after.subscription] });
  await turns(20);
  expect(after.got.map(({ notice }) => notice)).toEqual([1, 2]);
});

test("a fork tells of itself, not of its past", async () => {
  const heard = ear();
  const { graph, tasks } = two({ minIntervalSeconds: 0 });
  const { runtime } = await openWorld({ graphs: [graph], notices: [heard.subscription] });
  const run = await runtime.start(graph, { id: "x" });
  tasks.a.succeed("x");
  await turns();
  const at = run.snapshot().position;
  const fork = await runtime.fork("x", { at, id: "f" });
  tasks.b.succeed("x");
  await turns(20);
  const ofFork = heard.got.filter((notice) => notice.run === "f");
  expect(ofFork.map(({ notice, isTerminal }) => [notice, isTerminal])).toEqual([[2, true]]);
  expect(fork.notices().map(({ notice }) => notice)).toEqual([2]);
});
