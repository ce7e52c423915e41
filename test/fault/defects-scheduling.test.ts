import { describe, expect, test } from "vitest";
import { defineGraph, isRunfoldError, parseGraph, step, task } from "runfold";
import type { Executor, Graph, StepDocument } from "runfold";
import { failed, scriptedExecutor, succeeded } from "runfold/testing";
import { decide, isRefusal } from "../../src/machines/decide.ts";
import { initialState } from "../../src/machines/run-state.ts";
import { eventsOf, ManualClock, openWorld, turns, words } from "../unit/actors/world.ts";

function graphOf(steps: readonly StepDocument[], limits: Graph["document"]["limits"] = {}): Graph {
  const parsed = parseGraph({ name: "g", objective: "Schedule.", steps, limits });
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.diagnostics));
  return parsed.graph;
}

async function start(steps: readonly StepDocument[], limits: Graph["document"]["limits"] = {}) {
  const script = scriptedExecutor();
  const world = await openWorld({ executors: [script] });
  const run = await world.runtime.start(graphOf(steps, limits), { id: "x" });
  await turns();
  const status = (id: string): string => run.snapshot().steps.get(id)!.status;
  return { ...world, script, run, status };
}

describe("scheduling", () => {
  test("01: each ended step causes work for its own dependents, and arms nothing that waits for the others", async () => {
    const clock = new ManualClock();
    let timers = 0;
    const counting = new Proxy(clock, {
      get: (target, name) => {
        if (name === "setTimer") timers++;
        const value: unknown = Reflect.get(target, name, target);
        return typeof value === "function" ? value.bind(target) : value;
      },
    });
    const script = scriptedExecutor({ started: (attempt) => attempt.end(succeeded()) });
    const { runtime } = await openWorld({ clock: counting, executors: [script] });
    const size = 1_024;
    const chain = Array.from({ length: size }, (_, index): StepDocument => {
      return { id: `s${index}`, task: "t", ...(index === 0 ? {} : { needs: [`s${index - 1}`] }) };
    });
    const run = await runtime.start(graphOf(chain));
    expect((await run.outcome()).status).toBe("succeeded");
    expect(script.attempts).toHaveLength(size);
    expect(timers).toBeLessThan(3 * size);
  });

  test("07a-c: a failure blocks all that need it, however the graph is declared, while another step runs", async () => {
    const { script, status } = await start([
      { id: "cleanup", task: "t", after: ["d6"] },
      { id: "d6", task: "t", needs: ["d5"] },
      { id: "d5", task: "t", needs: ["d4"] },
      { id: "d4", task: "t", needs: ["d3"] },
      { id: "d3", task: "t", needs: ["bad"] },
      { id: "long", task: "t" },
      { id: "bad", task: "t" },
    ]);
    script.end("bad", failed());
    await turns();
    expect(["d3", "d4", "d5", "d6"].map(status)).toEqual(["blocked", "blocked", "blocked", "blocked"]);
    expect([status("cleanup"), status("long")]).toEqual(["running", "running"]);
  });

  test("07d: a step that fails at its launch releases what comes after it at once", async () => {
    const refusing: Executor = {
      kinds: ["shell"],
      execute: () => Promise.resolve(failed("not here", { kind: "launch", final: true })),
    };
    const script = scriptedExecutor({ kinds: ["task"] });
    const { runtime } = await openWorld({ executors: [script, refusing] });
    const graph = graphOf(
      [
        { id: "next", task: "t", after: ["bad"] },
        { id: "bad", shell: "exit 1" },
        { id: "long", task: "t" },
      ],
      { concurrency: 2 },
    );
    await runtime.start(graph);
    await turns();
    expect(script.running.map(({ step }) => step)).toEqual(["long", "next"]);
  });

  test("12: an answer that was given before the deadline counts, however late anyone looks", async () => {
    const { script, clock, status } = await start([{ id: "a", task: "t", timeoutSeconds: 1 }]);
    script.end("a", succeeded());
    // The thread was busy far beyond the deadline: timer and answer are there in the same turn.
    await clock.advance(60_000);
    expect(status("a")).toBe("succeeded");
  });

  test("12: an answer and a passed deadline that are decided together are decided in the order in which they came", () => {
    const report = { type: "step.succeed", step: "a", attempt: 1, output: { value: 1 } } as const;
    const timeOut = { type: "step.timeOut", step: "a", attempt: 1 } as const;
    const { document } = graphOf([{ id: "a", task: "t", timeoutSeconds: 1 }]);
    const owner = { host: "h", pid: 1, processStart: "" };
    const state = initialState();
    decide(state, { type: "run.start", run: "x", life: "life", graph: document, root: "/", places: [], owner }, 0);
    decide(state, report, 5_000);
    const late = decide(state, timeOut, 5_000);
    expect(isRefusal(late)).toBe(true);
    expect(state.phase).toBe("succeeded");
  });

  test("15: a dependent waits for a step's result, not for the end of what gave it", async () => {
    let isClosed = false;
    const { runtime } = await openWorld();
    const a = step("a", {
      run: task(() => {
        void turns(50).then(() => (isClosed = true));
        return "result";
      }),
    });
    const b = step("b", { needs: { a }, run: task(() => isClosed) });
    const run = await runtime.start(defineGraph("g", { objective: "Go on.", steps: [a, b] }));
    expect((await run.outcome()).output(b)).toBe(false);
  });

  test("W12: a step that ends frees its slot for the next in declared order", async () => {
    const ids = ["a", "b", "c", "d"];
    const { script } = await start(
      ids.map((id) => ({ id, task: "t" })),
      { concurrency: 1 },
    );
    const order: string[] = [];
    while (script.running.length > 0) {
      order.push(...script.running.map((attempt) => attempt.step));
      script.running[0]!.end(succeeded());
      await turns();
    }
    expect(order).toEqual(ids);
  });

  test("W54: an executor whose check of a step throws refuses the start, and leaves no run behind", async () => {
    const script = scriptedExecutor();
    const { runtime, journal } = await openWorld({
      executors: [
        {
          ...script,
          refuses: () => {
            throw new Error("check failed");
          },
        },
      ],
    });
    const refused = await runtime.start(graphOf([{ id: "a", task: "t" }])).catch((error: unknown) => error);
    expect(String(refused)).toContain("check failed");
    expect([isRunfoldError(refused), await journal.list()]).toEqual([false, []]);
  });
});

describe("status", () => {
  test("05: a run that is canceled before its deadline ends as canceled, also when its steps end after it", async () => {
    const script = scriptedExecutor({ stops: "ignore" });
    const { runtime, clock } = await openWorld({ executors: [script] });
    const run = await runtime.start(graphOf([{ id: "a", task: "t" }], { maxRunSeconds: 10 }));
    await turns();
    await clock.advance(9_999);
    await run.cancel();
    await clock.advance(60_000);
    expect((await run.outcome()).status).toBe("canceled");
  });

  test("52: a run that is canceled after its deadline ends as expired", async () => {
    const script = scriptedExecutor({ stops: "ignore" });
    const { runtime, clock } = await openWorld({ executors: [script] });
    const run = await runtime.start(graphOf([{ id: "a", task: "t" }], { maxRunSeconds: 10 }));
    await turns();
    await clock.advance(10_000);
    expect(await run.cancel()).toMatchObject({ refused: "repeated" });
    expect(await run.cancel({ force: true })).toBeUndefined();
    await clock.advance(60_000);
    expect((await run.outcome()).status).toBe("expired");
  });

  test("08a: one success and one failure are mixed; a time-out fails the run, whatever else succeeded", async () => {
    const mixed = await start([
      { id: "a", task: "t" },
      { id: "b", task: "t" },
    ]);
    mixed.script.end("a", succeeded());
    mixed.script.end("b", failed());
    expect((await mixed.run.outcome()).status).toBe("mixed");
    const late = await start([
      { id: "a", task: "t" },
      { id: "b", task: "t", timeoutSeconds: 1 },
    ]);
    late.script.end("a", succeeded());
    await late.clock.advance(1_000);
    expect((await late.run.outcome()).status).toBe("failed");
  });

  test("08b: how a command really ended is in the event", async () => {
    const { script, journal } = await start([{ id: "a", shell: "exit 7" }]);
    script.end("a", failed("It exited with code 7.", { kind: "exit", exitCode: 7 }));
    await turns();
    expect(await eventsOf(journal, "x")).toContainEqual(
      expect.objectContaining({ type: "step.failed", failure: expect.objectContaining({ exitCode: 7 }) }),
    );
  });

  test("08d: a step whose attempt has ended shows no more than that, in every view at once", async () => {
    const { script, run } = await start([
      { id: "a", task: "t" },
      { id: "b", task: "t" },
    ]);
    script.progress("a", "working");
    script.end("a", succeeded());
    await turns();
    const snapshot = run.snapshot();
    expect(snapshot.runningSteps().map(({ id }) => id)).toEqual(["b"]);
    expect(snapshot.steps.get("a")).toMatchObject({ status: "succeeded", activity: "succeeded", isStopping: false });
  });

  test("08e: what a step says stands before its end, never after it", async () => {
    const { script, journal } = await start([{ id: "a", task: "t" }]);
    const [attempt] = script.attempts;
    script.progress("a", "first");
    attempt!.end(succeeded());
    attempt!.attempt.text("stdout", "too late");
    await turns();
    expect(words(await eventsOf(journal, "x"))).toEqual([
      "run started",
      "a started",
      "a progressed",
      "a succeeded",
      "run settled",
    ]);
  });
});
