import { describe, expect, test } from "vitest";
import { defineGraph, limits, step, task } from "runfold";
import type { Run } from "runfold";
import { Held, intrude, openWorld, turns } from "./world.ts";

/** Two steps that end when the test says so, and a sink after both. */
async function startTwo() {
  const world = await openWorld();
  const one = new Held();
  const two = new Held();
  const a = step("a", { run: task(one.call) });
  const b = step("b", { run: task(two.call) });
  const end = step("end", { after: { a, b }, run: task(() => "all over") });
  const graph = defineGraph("two", { objective: "Wait for two.", steps: [a, b, end] });
  const run = await world.runtime.start(graph);
  await Promise.all([one.started(), two.started()]);
  return { ...world, one, two, a, b, end, run };
}

const boom = new Error("boom");
const types = (receipt: Awaited<ReturnType<Run["wait"]>>): string[] => receipt.events.map(({ event }) => event.type);

describe("a wait for what matters", () => {
  test("sleeps through starts, progress and the success of a step that is no sink", async () => {
    const { run, one, two } = await startTwo();
    const waiting = run.wait();
    one.succeed();
    await turns();
    two.fail(boom);
    const receipt = await waiting;
    expect(receipt).toMatchObject({ woke: "event", isImmediate: false, omittedEvents: 0 });
    expect(receipt.event?.event).toMatchObject({ type: "step.failed", step: "b" });
  });

  test("comes back at once where it has been overtaken, and says so", async () => {
    const { run, one } = await startTwo();
    one.fail(boom);
    await turns();
    expect(await run.wait()).toMatchObject({ woke: "event", isImmediate: true });
  });

  test("says what happened since its cursor, and where to go on", async () => {
    const { run, one, two } = await startTwo();
    const before = run.snapshot().cursor;
    one.fail(boom);
    await turns();
    two.fail(boom);
    await turns();
    const receipt = await run.wait({ after: before });
    expect(types(receipt)).toEqual(["step.failed", "step.failed", "step.succeeded", "run.settled"]);
    expect([receipt.before, receipt.cursor]).toEqual([before, run.snapshot().cursor]);
    expect(receipt.run).toBe(run.snapshot());
  });

  test("goes on where the wait before it ended: two of them take what happens in turn", async () => {
    const { run, one, two } = await startTwo();
    one.fail(boom);
    await turns();
    const first = await run.wait();
    const second = run.wait();
    await turns();
    two.fail(boom);
    expect(types(first)).toEqual(["step.failed"]);
    expect((await second).before).toBe(first.cursor);
    expect((await second).event?.event).toMatchObject({ step: "b" });
  });

  test("does not spin on a stale cursor: its receipt leads on", async () => {
    const { run, one } = await startTwo();
    const stale = run.snapshot().cursor;
    one.fail(boom);
    await turns();
    const receipt = await run.wait({ after: stale });
    const next = await run.wait({ after: receipt.cursor, timeoutMs: 0 });
    expect(next).toMatchObject({ woke: "timeout", events: [] });
  });

  test("is woken by a request to cancel, although the run has not ended", async () => {
    const { run } = await startTwo();
    const waiting = run.wait();
    await run.cancel({ reason: "enough" });
    expect(await waiting).toMatchObject({ woke: "event", run: { status: "canceling" } });
  });

  test("wakes two hundred at once, each once", async () => {
    const { run, one } = await startTwo();
    const waits = Array.from({ length: 200 }, () => run.wait());
    await turns();
    one.fail(boom);
    const receipts = await Promise.all(waits);
    expect(receipts.every(({ woke, events }) => woke === "event" && events.length === 1)).toBe(true);
  });
});

describe("a wait for one step", () => {
  test("does not see the others", async () => {
    const { run, one, two, b } = await startTwo();
    const waiting = run.wait({ step: b });
    one.fail(boom);
    await turns();
    two.succeed();
    expect(await waiting).toMatchObject({ woke: "end", event: { event: { type: "step.succeeded", step: "b" } } });
  });

  test("takes nothing away from a wait for the run that follows", async () => {
    const { run, one, two } = await startTwo();
    const waiting = run.wait({ step: "b" });
    one.fail(boom);
    await turns();
    two.succeed();
    await waiting;
    const receipt = await run.wait();
    expect(receipt.events[0]?.event).toMatchObject({ type: "step.failed", step: "a" });
  });

  test("hears nothing again that a wait for the run has told", async () => {
    const { run, one } = await startTwo();
    await run.cancel();
    expect(types(await run.wait())).toEqual(["run.cancelRequested", "step.canceled"]);
    expect(await run.wait({ step: "b", timeoutMs: 0 })).toMatchObject({ woke: "timeout", events: [] });
    one.succeed();
  });

  test("that is unknown is refused at once, and the refusal names the steps there are", async () => {
    const { run } = await startTwo();
    await expect(run.wait({ step: "nowhere" })).rejects.toMatchObject({ code: "step.unknown" });
    await expect(run.wait({ step: "nowhere" })).rejects.toThrow("a, b, end");
  });

  test("that has ended comes back at once, each time", async () => {
    const { run, one } = await startTwo();
    one.succeed();
    await turns();
    for (let time = 0; time < 2; time++) {
      expect(await run.wait({ step: "a" })).toMatchObject({ woke: "end", isImmediate: true });
    }
  });
});

describe("a wait for the end", () => {
  test("is not ended by a request to cancel", async () => {
    const { run, one, two } = await startTwo();
    let isBack = false;
    const waiting = run.wait({ until: "end" }).finally(() => (isBack = true));
    await run.cancel();
    await turns();
    expect(isBack).toBe(false);
    one.fail(boom);
    two.fail(boom);
    expect(await waiting).toMatchObject({ woke: "end", run: { status: "canceled" } });
  });

  test("of a step comes back when that step ends, not the run", async () => {
    const { run, one } = await startTwo();
    const waiting = run.wait({ step: "a", until: "end" });
    one.succeed();
    expect(await waiting).toMatchObject({ woke: "end", run: { status: "running" } });
  });

  test("of a run that has ended comes back at once", async () => {
    const { run, one, two } = await startTwo();
    one.succeed();
    two.succeed();
    await run.outcome();
    expect(await run.wait({ until: "end" })).toMatchObject({ woke: "end", isImmediate: true });
  });

  test("through the outcome takes nothing away from other waits", async () => {
    const { run, one, two } = await startTwo();
    one.fail(boom);
    two.succeed();
    await run.outcome();
    expect(types(await run.wait())).toEqual(["step.failed", "step.succeeded", "run.settled"]);
  });
});

describe("a wait with a limit", () => {
  test("comes back empty-handed when its time is over, which is no error", async () => {
    const { run, clock } = await startTwo();
    const waiting = run.wait({ timeoutMs: 5_000 });
    await turns();
    await clock.advance(5_000);
    expect(await waiting).toMatchObject({ woke: "timeout", event: undefined, events: [], isImmediate: false });
  });

  test("of no time only looks", async () => {
    const { run, clock } = await startTwo();
    const armed = clock.armed;
    expect(await run.wait({ timeoutMs: 0 })).toMatchObject({ woke: "timeout" });
    expect(clock.armed).toBe(armed);
  });

  test("lets go of its timer when it is woken first", async () => {
    const { run, clock, one } = await startTwo();
    const armed = clock.armed;
    const waiting = run.wait({ timeoutMs: 5_000 });
    await turns();
    expect(clock.armed).toBe(armed + 1);
    one.fail(boom);
    await waiting;
    expect(clock.armed).toBeLessThanOrEqual(armed);
  });

  test.each([-1, Number.NaN, Number.POSITIVE_INFINITY, limits.waitSecondsMax * 1_000 + 1])(
    "of %d milliseconds is refused",
    async (timeoutMs) => {
      const { run } = await startTwo();
      await expect(run.wait({ timeoutMs })).rejects.toMatchObject({ code: "wait.invalid" });
    },
  );

  test("ends with the reason of its signal, before it began and while it waits", async () => {
    const { run, one } = await startTwo();
    const reason = new Error("I have changed my mind");
    await expect(run.wait({ signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    const stop = new AbortController();
    const waiting = run.wait({ signal: stop.signal });
    await turns();
    stop.abort(reason);
    await expect(waiting).rejects.toBe(reason);
    one.fail(boom);
    // What was not waited for to its end is still to come.
    expect(types(await run.wait())).toEqual(["step.failed"]);
  });
});

describe("a cursor", () => {
  test.each(["", "garbage", "0", "99999999", "c1.1", "c1.1.zzz", "c1.-1.0", "c1.1e3.0", "\u0000", "c1.zzzzzzzz.1"])(
    "%j is refused",
    async (cursor) => {
      const { run } = await startTwo();
      await expect(run.wait({ after: cursor })).rejects.toMatchObject({ code: "cursor.invalid" });
    },
  );

  test("of another run, or of an earlier run of the same id, is refused", async () => {
    const { runtime, clock } = await openWorld();
    const graph = defineGraph("one", { objective: "One.", steps: [step("a", { run: task(() => 1) })] });
    const first = await runtime.start(graph, { id: "same" });
    const other = await runtime.start(graph, { id: "other" });
    const { cursor } = (await first.outcome()).run;
    await expect(other.wait({ after: cursor })).rejects.toMatchObject({ code: "cursor.invalid" });
    await first.cleanup();
    await clock.advance(1);
    const again = await runtime.start(graph, { id: "same" });
    await expect(again.wait({ after: cursor })).rejects.toMatchObject({ code: "cursor.invalid" });
  });
});

test("a wait learns what stopped the run before its end", async () => {
  const { run, journal } = await startTwo();
  const waiting = run.wait({ until: "end" }).catch((error: unknown) => error);
  await turns();
  await intrude(journal, run.id);
  await expect(run.cancel()).rejects.toMatchObject({ code: "journal.conflict" });
  expect(await waiting).toMatchObject({ code: "journal.conflict" });
  await expect(run.wait()).rejects.toMatchObject({ code: "journal.conflict" });
});
