import { describe, expect, test } from "vitest";
import { defineGraph, memoryJournal, step, task } from "runfold";
import type { Event, EventType, Run } from "runfold";
import { Effects } from "../../src/actors/effects.ts";
import { RunActor } from "../../src/actors/run-actor.ts";
import { RunStream } from "../../src/actors/run-stream.ts";
import { initialState } from "../../src/machines/run-state.ts";
import { eventsOf, Held, openWorld, turns, words } from "../unit/actors/world.ts";

const isOfLife = ({ type }: Event): boolean => !["diagnostic.recorded", "artifact.stored"].includes(type);

/** Two steps in a row and one beside them; counts calls, and does something at the first event of a type. */
async function startReacting(at: EventType, react: (run: Run) => unknown) {
  const world = await openWorld();
  const calls: string[] = [];
  const gate = new Held();
  const a = step("a", {
    run: task(async (needs, context) => {
      calls.push("a");
      await gate.call(needs, context);
    }),
  });
  const b = step("b", { needs: { a }, run: task(() => void calls.push("b")) });
  const c = step("c", { after: { b }, run: task(() => void calls.push("c")) });
  const run = await world.runtime.start(defineGraph("g", { objective: "React.", steps: [a, b, c] }), { id: "x" });
  const seen: { type: string; status: string }[] = [];
  let hasReacted = false;
  run.events$.subscribe(({ event }) => {
    seen.push({ type: event.type, status: run.snapshot().status });
    if (event.type !== at || hasReacted) return;
    hasReacted = true;
    void react(run);
  });
  await gate.started();
  await turns();
  return { ...world, run, gate, calls, seen };
}

describe("a run that is canceled from inside its own event", () => {
  test("of a success never starts what the success released", async () => {
    const { run, gate, calls, journal, seen } = await startReacting("step.succeeded", (one) => one.cancel());
    gate.succeed();
    await run.outcome();
    expect(calls).toEqual(["a"]);
    const events = (await eventsOf(journal, run)).filter(isOfLife);
    expect(words(events)).toEqual([
      "run started",
      "a started",
      "a succeeded",
      "b started",
      "run cancelRequested",
      "b abortRequested",
      "c canceled",
      "b canceled",
      "run settled",
    ]);
    expect(seen.at(-1)).toEqual({ type: "run.settled", status: "canceled" });
    expect(seen.map(({ type }) => type).filter((type) => type !== "notice.queued")).toEqual(
      events.map(({ type }) => type),
    );
  });

  test("of a start, at every depth, ends with the terminal event and shows it to the subscriber", async () => {
    const { run, gate, seen, journal } = await startReacting("run.started", async (one) => {
      await one.cancel({ reason: "first" });
      await one.cancel({ reason: "second", force: true });
      await one.cancel({ reason: "third", force: true });
    });
    gate.succeed();
    await run.outcome();
    expect(seen.at(-1)).toEqual({ type: "run.settled", status: "canceled" });
    const events = await eventsOf(journal, run);
    expect(events.filter(isOfLife).at(-1)?.type).toBe("run.settled");
    expect(events.filter(({ type }) => type === "run.cancelRequested")).toHaveLength(2);
  });

  test("of its end is refused, for it has ended", async () => {
    const answers: unknown[] = [];
    const { run, gate } = await startReacting("run.settled", async (one) => answers.push(await one.cancel()));
    gate.succeed();
    await run.outcome();
    await turns();
    expect(answers).toMatchObject([{ refused: "ended" }]);
    expect(run.snapshot().status).toBe("succeeded");
  });
});

test("a cancel from inside the very first event comes before any launch: zero tasks are called", async () => {
  const { clock, journal } = await openWorld();
  let calls = 0;
  const graph = defineGraph("g", { objective: "Never.", steps: [step("a", { run: task(() => 1) })] });
  const stream = new RunStream(() => undefined);
  const state = { ...initialState(), run: "x" };
  const unused = (): never => {
    throw new Error("Nothing is launched here.");
  };
  const actor = new RunActor({
    journal: memoryJournal(),
    clock,
    state,
    stream,
    run: "x",
    life: "life",
    subscribers: [],
    checkpointedAt: undefined,
    onCheckpointFailed: () => undefined,
    onWait: () => undefined,
    onStop: () => undefined,
    effects: (one) =>
      new Effects({
        run: "x",
        owner: () => ({ life: "life", epoch: 1 }),
        executorsToSweep: () => [],
        nextNotice: () => undefined,
        standing: () => ({ deadlineAt: undefined, retries: [] }),
        sweepFailed: () => undefined,
        place: "x-life",
        graph: { name: "g", objective: "o", steps: [] },
        definitionOf: () => undefined,
        root: "/",
        clock,
        entropy: { fraction: () => 0, uniqueName: () => "" },
        artifacts: { create: unused, read: unused, path: unused, list: unused, delete: unused },
        executors: new Map([["task", { kinds: ["task"], execute: () => (calls++, unused()) }]]),
        abortGraceMs: 1,
        deadlines: { add: () => undefined, clear: () => undefined } as never,
        keepDeadline: () => undefined,
        stepOf: () => graph.document.steps[0]!,
        placeOf: () => undefined,
        upstreamOf: () => [],
        report: (report) => one.post(report),
        fire: (input) => one.post(input),
        timeOut: () => undefined,
        diagnose: () => undefined,
      }),
  });
  const seen: string[] = [];
  stream.listen({
    position: 0,
    next: ({ event }) => {
      seen.push(`${event.type} ${stream.view.status}`);
      if (event.type === "run.started") void actor.send({ type: "run.cancel", reason: "no", force: false });
    },
  });
  const owner = { host: "h", pid: 1, processStart: "" };
  await actor.send({ type: "run.start", run: "x", life: "life", graph: graph.document, root: "/", places: [], owner });
  await turns();
  expect(calls).toBe(0);
  expect(seen).toEqual([
    "run.started running",
    "step.started running",
    "run.cancelRequested canceling",
    "step.abortRequested canceling",
    "step.canceled canceled",
    "notice.queued canceled",
    "run.settled canceled",
  ]);
  expect(clock.armed).toBe(0);
  expect(await journal.list()).toEqual([]);
});

describe("a subscriber that calls back", () => {
  test("by starting the same run gets the same run", async () => {
    const { runtime } = await openWorld();
    const graph = defineGraph("g", { objective: "Same.", steps: [step("a", { run: task(() => 1) })] });
    const run = await runtime.start(graph, { id: "x" });
    const again: Promise<Run>[] = [];
    run.events$.subscribe(() => void again.push(runtime.start(graph, { id: "x" })));
    await run.outcome();
    await turns();
    expect((await Promise.all(again)).map(({ id }) => id)).toEqual(["x", "x", "x", "x", "x"]);
    expect(await runtime.list()).toHaveLength(1);
  });

  test("by subscribing again hears every event in order, in both places", async () => {
    const { run, gate } = await startReacting("step.succeeded", () => undefined);
    const outer: number[] = [];
    const inner: number[] = [];
    run.events$.subscribe(({ position }) => {
      outer.push(position);
      if (position === 3) run.events$.subscribe((recorded) => void inner.push(recorded.position));
    });
    gate.succeed();
    await run.outcome();
    await turns();
    const all = Array.from({ length: run.snapshot().position }, (_, index) => index + 1);
    expect([outer, inner]).toEqual([all, all]);
  });

  test("by waiting is woken by what comes, not by what it is just being told", async () => {
    const { run, gate } = await startReacting("step.succeeded", () => undefined);
    const receipts: string[] = [];
    run.events$.subscribe(({ event, cursor }) => {
      if (event.type !== "step.succeeded" || event.step !== "a") return;
      void run.wait({ after: cursor }).then((receipt) => receipts.push(String(receipt.event?.event.type)));
    });
    gate.succeed();
    await run.outcome();
    await turns();
    expect(receipts).toEqual(["step.succeeded"]);
  });

  test("by closing the runtime gets a run that has ended", async () => {
    const { runtime, run, gate, calls } = await startReacting("step.succeeded", () => undefined);
    let closing: Promise<void> | undefined;
    run.events$.subscribe(({ event }) => {
      if (event.type === "step.succeeded") closing ??= runtime.close();
    });
    await turns();
    gate.succeed();
    await run.wait({ until: "end" });
    await closing;
    expect([run.snapshot().status, calls]).toEqual(["canceled", ["a"]]);
  });
});

describe("a task that calls back", () => {
  test("by canceling its own run, and waiting for that, may still end well", async () => {
    const { runtime } = await openWorld();
    const a = step("a", {
      run: task(async (_needs, context) => {
        const own = await runtime.get(context.run);
        await own!.cancel({ reason: "I have seen enough" });
        return context.signal.aborted;
      }),
    });
    const later = step("later", { after: { a }, run: task(() => 1) });
    const run = await runtime.start(defineGraph("own", { objective: "Cancel.", steps: [a, later] }));
    const outcome = await run.outcome();
    expect([outcome.status, outcome.output(a), outcome.run.steps.get("later")?.status]).toEqual([
      "canceled",
      true,
      "canceled",
    ]);
  });
});

test("a cancel in the same tick as the last success is refused or wins, and is never half of each", async () => {
  const results = new Set<string>();
  for (let moment = 0; moment < 25; moment++) {
    const { run, gate, journal } = await startReacting("run.settled", () => undefined);
    gate.succeed();
    for (let tick = 0; tick < moment; tick++) await Promise.resolve();
    const refusal = await run.cancel();
    const { status } = await run.outcome();
    const types = (await eventsOf(journal, run)).map(({ type }) => type);
    expect(types.filter((type) => type === "run.settled")).toHaveLength(1);
    expect(types.includes("run.cancelRequested")).toBe(refusal === undefined);
    results.add(`${refusal?.refused ?? "taken"}: ${status}`);
  }
  for (const result of results) expect(["taken: canceled", "ended: succeeded"]).toContain(result);
});
