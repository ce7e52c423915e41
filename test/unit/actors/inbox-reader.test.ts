import { describe, expect, test } from "vitest";
import { defineGraph, limits, memoryJournal, step, task } from "runfold";
import type { Json } from "runfold";
import { eventsOf, Held, openWorld, turns, words } from "./world.ts";
import { journalWith } from "../../../src/ports/journal-with.ts";

async function startHeld(overrides: Parameters<typeof openWorld>[0] = {}) {
  const world = await openWorld(overrides);
  const held = new Held();
  const graph = defineGraph("held", { objective: "Hold.", steps: [step("a", { run: task(held.call) })] });
  const run = await world.runtime.start(graph, { id: "x" });
  await held.started();
  return { ...world, held, graph, run };
}

describe("a message from another process", () => {
  test("that cancels is taken up by whoever writes the run, once, and is gone", async () => {
    const { journal, run, held } = await startHeld();
    await journal.send("x", { type: "run.cancel", reason: "from afar", force: false });
    await turns();
    expect(run.snapshot()).toMatchObject({ status: "canceling", cancelReason: "from afar" });
    expect(await journal.inbox(0)).toEqual([]);
    held.succeed();
    await run.outcome();
    expect(words(await eventsOf(journal, "x")).filter((word) => word === "run cancelRequested")).toHaveLength(1);
  });

  test.each<[string, Json]>([
    ["nothing", null],
    ["a text", "run.cancel"],
    ["a list", [{ type: "run.cancel" }]],
    ["a command of another kind", { type: "run.clean", reason: "now" }],
    ["a cancel without a reason", { type: "run.cancel", force: true }],
    ["a cancel with a wrong reason", { type: "run.cancel", reason: 7, force: true }],
    ["hostile keys", { ["__proto__"]: { type: "run.cancel" }, constructor: 1 }],
    ["a message to a step without a key", { type: "message.send", step: "a", channel: "steer", text: "x" }],
    ["a message on no channel", { type: "message.send", step: "a", channel: "shout", text: "x", key: "k" }],
    [
      "a message that is too long",
      { type: "message.send", step: "a", channel: "steer", text: "x".repeat(50_001), key: "k" },
    ],
    ["something huge", { type: "x".repeat(1_000_000) }],
  ])("that says %s is recorded, bounded, and changes nothing else", async (_name, message) => {
    const { journal, run } = await startHeld();
    await journal.send("x", message);
    await turns();
    const last = (await eventsOf(journal, "x")).at(-1);
    expect(last).toMatchObject({ type: "diagnostic.recorded", code: "inbox-message-unknown", severity: "warning" });
    expect(JSON.stringify(last).length).toBeLessThan(limits.failureMessageCharsMax + 1_000);
    expect(await journal.inbox(0)).toEqual([]);
    expect(run.snapshot().status).toBe("running");
  });

  test("that changes nothing is consumed by the next commit, not kept until the run is full of them", async () => {
    const { journal, run, held } = await startHeld();
    for (let time = 0; time < 3; time++) {
      await journal.send("x", { type: "run.cancel", reason: `time ${time}`, force: false });
      await turns();
    }
    held.succeed();
    await run.outcome();
    expect(await journal.inbox(0)).toEqual([]);
  });

  test("with a reason beyond all bounds is cut", async () => {
    const { journal, run } = await startHeld();
    await journal.send("x", { type: "run.cancel", reason: "r".repeat(100_000), force: false });
    await turns();
    expect(run.snapshot().cancelReason).toHaveLength(limits.reasonCharsMax);
  });

  test("for a run that has ended harms nobody, and goes with the run", async () => {
    const { journal, run, held, diagnostics } = await startHeld();
    held.succeed();
    await run.outcome();
    await journal.send("x", { type: "run.cancel", reason: "late", force: false });
    await turns();
    expect([run.snapshot().status, diagnostics]).toEqual(["succeeded", []]);
    await run.cleanup();
    expect(await journal.inbox(0)).toEqual([]);
  });

  test("finds its run among many", async () => {
    const { journal, runtime, graph, run } = await startHeld();
    const other = await runtime.start(graph, { id: "y" });
    await journal.send("y", { type: "run.cancel", reason: "you", force: false });
    await turns();
    expect([run.snapshot().status, other.snapshot().status]).toEqual(["running", "canceling"]);
  });
});

test("an inbox that cannot be read is reported, and read again at the next message", async () => {
  const inner = memoryJournal();
  let isBroken = true;
  const journal = journalWith(inner, {
    inbox: (...asked) => (isBroken ? Promise.reject(new Error("busy")) : inner.inbox(...asked)),
  });
  const { run, diagnostics } = await startHeld({ journal });
  await inner.send("x", { type: "run.cancel", reason: "one", force: false });
  await turns();
  expect(diagnostics).toMatchObject([{ code: "inbox-unreadable", message: "Error: busy" }]);
  isBroken = false;
  await inner.send("x", { type: "run.cancel", reason: "two", force: true });
  await turns();
  expect(run.snapshot()).toMatchObject({ status: "canceling", cancelReason: "one" });
});

/** The one that runs it and the one that watches. */
async function two() {
  const inner = memoryJournal();
  const journal = journalWith(inner, { close: () => Promise.resolve() });
  const writer = await startHeld({ journal });
  const { runtime, clock, diagnostics } = await openWorld({ journal });
  const there = await runtime.get("x");
  return { ...writer, there: there!, reader: runtime, readerClock: clock, readerDiagnostics: diagnostics };
}

describe("two runtimes on one journal", () => {
  test("the second sees what the first commits, to the byte", async () => {
    const { there, run, held } = await two();
    const ending = there.wait({ until: "end" });
    held.succeed();
    expect(await ending).toMatchObject({ woke: "end", run: { status: "succeeded" } });
    expect(JSON.stringify(there.snapshot())).toBe(JSON.stringify(run.snapshot()));
    expect((await there.outcome()).status).toBe("succeeded");
  });

  test("the second starts the same run by getting it", async () => {
    const { reader, graph, held } = await two();
    const again = await reader.start(graph, { id: "x" });
    expect([again.id, held.calls]).toEqual(["x", 1]);
  });

  test("the second cancels through the inbox of the first", async () => {
    const { there, held, run } = await two();
    const waiting = there.wait();
    expect(await there.cancel({ reason: "from the second" })).toBeUndefined();
    expect(await waiting).toMatchObject({ woke: "event", run: { cancelReason: "from the second" } });
    held.succeed();
    await there.wait({ until: "end" });
    expect(await there.cancel()).toMatchObject({ refused: "ended" });
    expect(await run.cancel()).toMatchObject({ refused: "ended" });
  });

  test("a run that is cleaned up while the second follows it ends there without a hang", async () => {
    const { there, held, run } = await two();
    held.succeed();
    await run.outcome();
    await run.cleanup();
    await turns();
    const end = await there.wait({ until: "end" }).catch((error: unknown) => error);
    expect(end).toMatchObject({ woke: "end" });
    await expect(there.events().next()).rejects.toMatchObject({ code: "run.cleaned" });
  });

  test("closing the second leaves the run of the first alone", async () => {
    const { reader, held, run, readerClock } = await two();
    await reader.close();
    expect([run.snapshot().status, readerClock.armed]).toEqual(["running", 0]);
    held.succeed();
    expect((await run.outcome()).status).toBe("succeeded");
  });
});
