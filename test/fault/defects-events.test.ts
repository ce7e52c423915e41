import { describe, expect, test } from "vitest";
import { defineGraph, limits, parseGraph, step, task } from "runfold";
import type { Graph, StepDocument } from "runfold";
import { failed, scriptedExecutor, succeeded } from "runfold/testing";
import { eventsOf, Held, openWorld, turns, words } from "../unit/actors/world.ts";

function graphOf(steps: readonly StepDocument[], limitsOf: Graph["document"]["limits"] = {}): Graph {
  const parsed = parseGraph({ name: "g", objective: "Tell.", steps, limits: limitsOf });
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.diagnostics));
  return parsed.graph;
}

async function start(ids: readonly string[], more: Partial<StepDocument> = {}) {
  const script = scriptedExecutor();
  const world = await openWorld({ executors: [script] });
  const graph = graphOf(ids.map((id) => ({ id, task: "t", ...more })));
  const run = await world.runtime.start(graph, { id: "x" });
  await turns();
  return { ...world, script, run };
}

const chatter = "y".repeat(limits.progressTextCharsMin);

/** Makes a step tell more than the engine before would have kept. */
async function chat({ script, clock }: Awaited<ReturnType<typeof start>>, id: string, times: number): Promise<void> {
  for (let time = 0; time < times; time++) {
    script.progress(id, chatter);
    await clock.advance(limits.progressIntervalMs);
  }
}

describe("events", () => {
  test("02a: no reader gets a hole, whatever was told since its cursor", async () => {
    const world = await start(["a"]);
    const { cursor } = world.run.snapshot();
    await chat(world, "a", 2_100);
    world.script.end("a", succeeded());
    await world.run.wait({ until: "end" });
    const positions: number[] = [];
    for await (const { position } of world.run.events({ after: cursor })) positions.push(position);
    expect(positions).toEqual(Array.from({ length: positions.length }, (_, index) => index + 3));
    expect(positions.length).toBeGreaterThan(2_000);
  });

  test("02b: a failure is never too old to wake a wait with a cursor from before it", async () => {
    const world = await start(["a", "b"]);
    const { cursor } = world.run.snapshot();
    world.script.end("a", failed());
    await turns();
    await chat(world, "b", 2_100);
    expect(await world.run.wait({ after: cursor })).toMatchObject({
      isImmediate: true,
      event: { event: { type: "step.failed", step: "a" } },
    });
  });

  test("02c: a cursor of a longer run is refused by a shorter one", async () => {
    const long = await start(["a", "b", "c"]);
    const { cursor } = long.run.snapshot();
    const other = await long.runtime.start(graphOf([{ id: "a", task: "t" }]), { id: "y" });
    expect(() => other.events({ after: cursor })).toThrow(expect.objectContaining({ code: "cursor.invalid" }));
  });

  test("03a: the last snapshot that an observer gets is that of the ended run, and nothing is missing in it", async () => {
    const { run, script } = await start(["a"]);
    const snapshots: { status: string; activity: string; position: number }[] = [];
    run.snapshot$.subscribe((snapshot) => void snapshots.push(snapshot));
    script.end("a", succeeded());
    await run.outcome();
    await turns();
    expect(snapshots.at(-1)).toBe(run.snapshot());
    expect(snapshots.at(-1)).toMatchObject({ status: "succeeded", activity: "succeeded", position: 5 });
  });

  test("03b: no snapshot shows a run as running that has nothing left to do", async () => {
    const { run, script } = await start(["a", "b"]);
    const idle: number[] = [];
    run.snapshot$.subscribe(({ status, counts, position }) => {
      if (status === "running" && counts.pending + counts.running === 0) idle.push(position);
    });
    for (const id of ["a", "b"]) {
      script.end(id, succeeded());
      await turns();
    }
    expect([run.snapshot().status, idle]).toEqual(["succeeded", []]);
  });

  test("04a: an observer that cancels sees the terminal status", async () => {
    const { run } = await start(["a"]);
    const statuses: string[] = [];
    run.snapshot$.subscribe(({ status }) => {
      statuses.push(status);
      if (status === "running") void run.cancel();
    });
    await run.outcome();
    await turns();
    expect(statuses.at(-1)).toBe("canceled");
  });

  test("04b: nothing of a step comes after its end, and nothing of the run after its own", async () => {
    const { run, journal, script } = await start(["a", "b"]);
    run.events$.subscribe(({ event }) => {
      if (event.type === "step.started") void run.cancel();
    });
    await run.outcome();
    script.attempts[0]!.attempt.diagnostic("late", "error", "late");
    await turns();
    const told = words(await eventsOf(journal, "x"));
    expect(told.at(-1)).toBe("run settled");
    expect(told.slice(-3, -1)).toEqual(["a canceled", "b canceled"]);
    expect(run.snapshot().steps.get("a")?.activity).toMatch(/^canceled/);
  });

  test("04c: a cancel that comes with the last success is refused, so no run of successes only is canceled", async () => {
    const { run, script } = await start(["a"]);
    const answers: unknown[] = [];
    run.snapshot$.subscribe(({ counts }) => {
      if (counts.succeeded === 1) void run.cancel().then((answer) => answers.push(answer));
    });
    script.end("a", succeeded());
    expect((await run.outcome()).status).toBe("succeeded");
    await turns();
    expect(answers).toMatchObject([{ refused: "ended" }]);
  });

  test("04d: a cleanup from inside the terminal event leaves no retention timer and no run", async () => {
    const script = scriptedExecutor();
    const { runtime, clock, journal } = await openWorld({ executors: [script] });
    const run = await runtime.start(graphOf([{ id: "a", task: "t" }], { retentionSeconds: 60 }));
    await turns();
    let cleaning: Promise<unknown> | undefined;
    run.events$.subscribe(({ event }) => {
      if (event.type === "run.settled") cleaning = run.cleanup();
    });
    await turns();
    script.end("a", succeeded());
    await run.wait({ until: "end" });
    await cleaning;
    expect([clock.armedInBackground, await journal.list()]).toEqual([0, []]);
  });

  test("04e: an observer that throws at each event adds one event, not one for each", async () => {
    const { run, journal, script } = await start(["a", "b"]);
    run.events$.subscribe(() => {
      throw new Error("broken view");
    });
    run.snapshot$.subscribe(() => {
      throw new Error("broken view");
    });
    await turns();
    script.end("a", succeeded());
    await turns();
    script.end("b", succeeded());
    await run.outcome();
    const told = (await eventsOf(journal, "x")).filter(({ type }) => type === "diagnostic.recorded");
    expect(told.length).toBeLessThanOrEqual(1);
  });

  test("04e: what an observer throws wakes nobody", async () => {
    const { run, clock } = await start(["a"]);
    const waiting = run.wait({ timeoutMs: 1_000 });
    run.events$.subscribe(() => {
      throw new Error("broken view");
    });
    await turns();
    await clock.advance(1_000);
    expect(await waiting).toMatchObject({ woke: "timeout" });
  });

  test("10a: the second message of a step is told from its first character on", async () => {
    const { script, journal } = await start(["a"]);
    const { attempt } = script.attempts[0]!;
    attempt.text("message-1", "m".repeat(9_000));
    attempt.text("message-2", "hello");
    await turns();
    expect((await eventsOf(journal, "x")).at(-1)).toMatchObject({ report: { stream: "message-2", text: "hello" } });
  });

  test("10b: all of a long text reaches the events while it comes at a human pace", async () => {
    const { script, journal, clock } = await start(["a"]);
    const { attempt } = script.attempts[0]!;
    for (let marker = 0; marker < 12; marker++) {
      attempt.text("stdout", `<${marker}>`.padEnd(limits.progressTextCharsMin, "."));
      await clock.advance(limits.progressIntervalMs);
    }
    const text = (await eventsOf(journal, "x"))
      .flatMap((event) => (event.type === "step.progressed" && event.report.kind === "text" ? [event.report.text] : []))
      .join("");
    expect(text.match(/<\d+>/g)).toEqual(Array.from({ length: 12 }, (_, marker) => `<${marker}>`));
  });

  test("10b: of a text that comes faster the newest is kept, and what is missing is counted", async () => {
    const { script, journal, clock } = await start(["a"]);
    const { attempt } = script.attempts[0]!;
    attempt.text("stdout", "first");
    attempt.text("stdout", `${"h".repeat(9_000)}the end`);
    await clock.advance(limits.progressIntervalMs);
    const last = (await eventsOf(journal, "x")).at(-1);
    expect(last).toMatchObject({ report: { omittedChars: 9_007 - limits.progressTextCharsMax, totalChars: 9_012 } });
    expect(JSON.stringify(last)).toContain("the end");
  });

  test("11a: an error that an attempt records wakes whoever waits for its step", async () => {
    const { run, script } = await start(["a"]);
    const waiting = run.wait({ step: "a" });
    script.attempts[0]!.attempt.diagnostic("artifact-lost", "error", "The folder is gone.");
    expect(await waiting).toMatchObject({ woke: "event", event: { event: { code: "artifact-lost", step: "a" } } });
  });
});

describe("results", () => {
  test.each(["cancel", "timeOut"] as const)("06: what a step had when it was stopped by %s is kept", async (way) => {
    const half = {
      type: "failed",
      failure: { kind: "aborted", message: "stopped" },
      partial: { value: "half" },
    } as const;
    const script = scriptedExecutor({ stops: (attempt) => attempt.end(half) });
    const { runtime, clock } = await openWorld({ executors: [script] });
    const run = await runtime.start(graphOf([{ id: "a", task: "t", timeoutSeconds: 1 }]));
    await turns();
    if (way === "cancel") await run.cancel();
    else await clock.advance(1_000);
    await run.wait({ until: "end" });
    const result = await run.result("a");
    expect(result).toMatchObject({ partial: { value: "half" }, stored: undefined });
    expect(result.step.status).toBe(way === "cancel" ? "canceled" : "timedOut");
  });

  test("14: what ended steps gave is not held while the run goes on", async () => {
    const held = new Held();
    const steps = Array.from({ length: 20 }, (_, index) => step(`s${index}`, { run: task(() => "x".repeat(10_000)) }));
    const last = step("last", { run: task(held.call) });
    const { runtime } = await openWorld();
    const run = await runtime.start(defineGraph("g", { objective: "Hold little.", steps: [last, ...steps] }));
    await run.wait({ step: "s19" });
    expect(JSON.stringify(run.snapshot()).length).toBeLessThan(20_000);
    expect(await run.output("s0")).toHaveLength(10_000);
    held.succeed();
  });
});

test("W56: asking again for what is under way is refused, and adds no event", async () => {
  const script = scriptedExecutor({ stops: "ignore" });
  const { runtime, journal } = await openWorld({ executors: [script] });
  const run = await runtime.start(graphOf([{ id: "a", task: "t" }]));
  await turns();
  const answers = await Promise.all(Array.from({ length: 50 }, () => run.cancel()));
  expect(answers.filter((answer) => answer?.refused === "repeated")).toHaveLength(49);
  const asked = (await eventsOf(journal, run)).filter(({ type }) => type === "run.cancelRequested");
  expect(asked).toHaveLength(1);
});
