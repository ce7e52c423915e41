import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { defineGraph, project, step, task } from "runfold";
import type { Run } from "runfold";
import { scriptedExecutor } from "runfold/testing";
import { eventsOf, Held, openWorld, turns, words } from "../unit/actors/world.ts";

let uncaught: unknown[];
const note = (error: unknown): void => void uncaught.push(error);

beforeEach(() => {
  uncaught = [];
  process.on("uncaughtException", note).on("unhandledRejection", note);
});

afterEach(async () => {
  await turns();
  process.off("uncaughtException", note).off("unhandledRejection", note);
  if (uncaught.length > 0) throw new AggregateError(uncaught, "The process would have ended.");
});

async function startHeld() {
  const world = await openWorld();
  const held = new Held();
  const a = step("a", { run: task(held.call) });
  const b = step("b", { needs: { a }, run: task(() => "fine") });
  const run = await world.runtime.start(defineGraph("g", { objective: "Go on.", steps: [a, b] }), { id: "x" });
  await held.started();
  return { ...world, held, run };
}

const throwers: readonly [string, (run: Run, thrown: unknown) => void][] = [
  ["events$", (run, thrown) => void run.events$.subscribe(() => fail(thrown))],
  ["snapshot$", (run, thrown) => void run.snapshot$.subscribe(() => fail(thrown))],
  ["notices$", (run, thrown) => void run.notices$.subscribe(() => fail(thrown))],
  [
    "a projection",
    (run, thrown) =>
      void run.events$.pipe(project({ initial: {}, apply: () => fail(thrown) })).subscribe(() => undefined),
  ],
  [
    "an observer behind a projection",
    (run, thrown) =>
      void run.events$.pipe(project({ initial: {}, apply: () => undefined })).subscribe(() => fail(thrown)),
  ],
];

function fail(thrown: unknown): never {
  throw thrown;
}

const things: readonly [string, unknown][] = [
  ["an error", new Error("boom")],
  ["nothing", undefined],
  ["a bare object", Object.create(null)],
  ["a symbol", Symbol("s")],
  [
    "something that throws when it is looked at",
    {
      toString() {
        throw new Error("no");
      },
    },
  ],
  ["a text beyond all bounds", "x".repeat(5_000_000)],
];

describe.each(throwers)("%s", (_where, subscribe) => {
  test.each(things)("that throws %s changes no run and is reported once", async (_what, thrown) => {
    const { run, held, diagnostics, journal } = await startHeld();
    subscribe(run, thrown);
    await turns();
    const heard: string[] = [];
    run.events$.subscribe(({ event }) => {
      if (event.type !== "notice.queued") heard.push(event.type);
    });
    held.succeed();
    expect((await run.outcome()).status).toBe("succeeded");
    await turns();
    expect(diagnostics).toHaveLength(1);
    expect(diagnostics[0]).toMatchObject({ code: "observer-failed", run: "x" });
    expect(diagnostics[0]!.message.length).toBeLessThan(5_000);
    const events = await eventsOf(journal, run);
    expect(heard).toEqual(events.map(({ type }) => type));
    expect(words(events).filter((word) => !word.endsWith("recorded"))).toEqual([
      "run started",
      "a started",
      "a succeeded",
      "b started",
      "b succeeded",
      "run settled",
    ]);
  });
});

describe("a sink of notices", () => {
  test.each(things)(
    "that throws %s changes no run, is reported once, and is no reason for a notice",
    async (_what, thrown) => {
      const { runtime, diagnostics, journal } = await openWorld({
        notices: [{ subscriber: "s", sink: () => fail(thrown) }],
      });
      const held = new Held();
      const steps = [step("a", { run: task(() => 1) }), step("b", { run: task(held.call) })];
      const notify = { minIntervalSeconds: 0 };
      const run = await runtime.start(defineGraph("g", { objective: "Go on.", steps, notify }), { id: "x" });
      await held.started();
      await turns();
      held.succeed();
      expect((await run.outcome()).status).toBe("succeeded");
      await turns();
      expect(diagnostics.map(({ code, run: of }) => [code, of])).toEqual([["notice-failed", "x"]]);
      expect(diagnostics[0]!.message.length).toBeLessThan(5_000);
      const events = await eventsOf(journal, run);
      expect(events.filter(({ type }) => type === "diagnostic.recorded")).toHaveLength(1);
      expect(run.notices().map(({ reasons }) => reasons)).toEqual([
        ["sink a succeeded"],
        ["terminal:succeeded", "sink b succeeded"],
      ]);
    },
  );

  test("that answers nonsense has taken the notice, as one that answers nothing", async () => {
    const answers: unknown[] = [7, null, true, {}, [], { reason: 7 }, () => "text"];
    const sinks = answers.map((answer, index) => ({ subscriber: `s${index}`, sink: () => answer as undefined }));
    const { runtime, diagnostics } = await openWorld({ notices: sinks });
    const graph = defineGraph("g", { objective: "Go on.", steps: [step("a", { run: task(() => 1) })] });
    const run = await runtime.start(graph);
    await run.outcome();
    await turns(20);
    expect(diagnostics).toEqual([]);
    const states = (await runtime.notices.of(run.id)).map(({ state }) => state);
    expect(states.filter((state) => state === "delivered")).toHaveLength(answers.length);
  });
});

test("a thousand observers that all throw the same thing are one diagnostic", async () => {
  const { run, held, diagnostics, journal } = await startHeld();
  for (let index = 0; index < 1_000; index++) run.events$.subscribe(() => fail(new Error("same")));
  await turns();
  held.succeed();
  await run.outcome();
  expect(diagnostics).toHaveLength(1);
  expect((await eventsOf(journal, run)).length).toBeLessThan(10);
});

test("a thousand observers that throw different things do not flood the journal", async () => {
  const { run, held, journal } = await startHeld();
  for (let index = 0; index < 1_000; index++) run.events$.subscribe(() => fail(new Error(`number ${index}`)));
  await turns();
  held.succeed();
  await run.outcome();
  const told = (await eventsOf(journal, run)).filter(({ type }) => type === "diagnostic.recorded");
  expect(told.length).toBeLessThanOrEqual(100);
});

test("a callback for diagnostics that throws hurts nobody", async () => {
  const { run, held } = await (async () => {
    const world = await openWorld({ onDiagnostic: () => fail(new Error("even this")) });
    const held = new Held();
    const graph = defineGraph("g", { objective: "Go on.", steps: [step("a", { run: task(held.call) })] });
    return { run: await world.runtime.start(graph), held };
  })();
  run.events$.subscribe(() => fail(new Error("boom")));
  await held.started();
  held.succeed();
  expect((await run.outcome()).status).toBe("succeeded");
});

test("an executor that throws out of its stop listener does not keep its run from ending", async () => {
  const script = scriptedExecutor({ stops: () => fail(new Error("boom")) });
  const { runtime, clock } = await openWorld({ executors: [script] });
  const a = step("a", { run: task(() => 1) });
  const run = await runtime.start(defineGraph("g", { objective: "Stop.", steps: [a] }));
  await turns();
  expect(await run.cancel()).toBeUndefined();
  expect(run.snapshot().status).toBe("canceling");
  await clock.advance(60_000);
  expect((await run.outcome()).status).toBe("canceled");
});
