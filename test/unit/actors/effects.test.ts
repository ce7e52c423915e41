import { describe, expect, test } from "vitest";
import { limits, parseGraph } from "runfold";
import { failed, scriptedExecutor, succeeded } from "runfold/testing";
import type { Graph, StepDocument } from "runfold";
import type { ScriptedExecutorOptions } from "runfold/testing";
import { eventsOf, openWorld, turns, words } from "./world.ts";

function graphOf(steps: readonly StepDocument[], limitsOf: Graph["document"]["limits"] = {}): Graph {
  const parsed = parseGraph({ name: "g", objective: "Effect.", steps, limits: limitsOf });
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.diagnostics));
  return parsed.graph;
}

async function start(
  steps: readonly StepDocument[],
  stops: NonNullable<ScriptedExecutorOptions["stops"]> = "ignore",
  limitsOf: Graph["document"]["limits"] = {},
) {
  const script = scriptedExecutor({ stops });
  const world = await openWorld({ executors: [script], abortGraceMs: 1_000 });
  const run = await world.runtime.start(graphOf(steps, limitsOf), { id: "x" });
  await turns();
  return { ...world, script, run };
}

const one: StepDocument = { id: "a", task: "t" };
const retried: StepDocument = { ...one, retry: { attempts: 3, backoffSeconds: 10 } };

describe("a step's deadline", () => {
  test("tells it to stop, and what it gives after that is evidence, not a success", async () => {
    const { script, clock, run } = await start([{ ...one, timeoutSeconds: 5 }]);
    await clock.advance(4_999);
    expect(script.attempts[0]!.stops).toEqual([]);
    await clock.advance(1);
    expect(script.attempts[0]!.stops).toEqual([{ cause: "timedOut", graceMs: 1_000, force: false }]);
    script.end("a", succeeded("late"));
    await turns();
    expect(run.snapshot().steps.get("a")).toMatchObject({ status: "timedOut", failure: { kind: "timedOut" } });
    expect(await run.result("a")).toMatchObject({ partial: { value: "late" }, stored: undefined });
  });

  test("counts for each attempt anew", async () => {
    const { script, clock, run } = await start([{ ...retried, timeoutSeconds: 5 }], "honour");
    await clock.advance(5_000);
    const waiting = run.snapshot().steps.get("a")!;
    expect(waiting).toMatchObject({ status: "pending", failure: { kind: "aborted" } });
    await clock.advance(waiting.retryAt! - clock.now());
    expect(script.running).toHaveLength(1);
    await clock.advance(4_999);
    script.end("a", succeeded());
    expect((await run.outcome()).status).toBe("succeeded");
  });

  test("is the same moment when the clock was set back in between", async () => {
    const { script, clock } = await start([{ ...one, timeoutSeconds: 5 }]);
    clock.setBack(2_000);
    await clock.advance(6_999);
    expect(script.attempts[0]!.stops).toEqual([]);
    await clock.advance(1);
    expect(script.attempts[0]!.stops).toHaveLength(1);
  });
});

describe("a retry", () => {
  test("comes when its time has come, as the next attempt", async () => {
    const { script, clock, run } = await start([retried]);
    script.end("a", failed());
    await turns();
    const { retryAt } = run.snapshot().steps.get("a")!;
    await clock.advance(retryAt! - clock.now() - 1);
    expect(script.attempts).toHaveLength(1);
    await clock.advance(1);
    expect(script.attempts.map(({ number }) => number)).toEqual([1, 2]);
  });

  test("that is waited for when the run is canceled never comes", async () => {
    const { script, clock, run } = await start([retried]);
    script.end("a", failed());
    await turns();
    await run.cancel();
    expect([run.snapshot().status, clock.armed]).toEqual(["canceled", 0]);
    await clock.advance(60_000);
    expect(script.attempts).toHaveLength(1);
  });

  test("without a wait comes at once", async () => {
    const { script, run } = await start([{ ...one, retry: { attempts: 2, backoffSeconds: 0 } }]);
    script.end("a", failed());
    await turns();
    script.end("a", failed());
    expect((await run.outcome()).status).toBe("failed");
    expect(script.attempts).toHaveLength(2);
  });
});

describe("a cancel", () => {
  test("tells what runs to stop, then by force, and gives up what does neither", async () => {
    const { script, clock, run, journal } = await start([one, { id: "b", task: "t" }]);
    await run.cancel();
    await run.cancel({ force: true });
    expect(script.attempts[0]!.stops).toEqual([
      { cause: "canceled", graceMs: 1_000, force: false },
      { cause: "canceled", graceMs: 0, force: true },
    ]);
    script.end("b", failed());
    await clock.advance(limits.attemptGiveUpMs);
    expect(words(await eventsOf(journal, "x")).slice(-4)).toEqual([
      "b canceled",
      "a recorded",
      "a canceled",
      "run settled",
    ]);
    script.end("a", succeeded());
    await turns();
    expect((await run.outcome()).status).toBe("canceled");
  });

  test("that comes when a step has just succeeded keeps that success", async () => {
    const { script, run } = await start([one, { id: "b", task: "t" }]);
    script.end("a", succeeded(7));
    const canceling = run.cancel();
    script.end("b", succeeded(8));
    await canceling;
    const outcome = await run.outcome();
    expect([outcome.status, outcome.output("a"), outcome.output("b")]).toEqual(["canceled", 7, 8]);
  });
});

describe("the end of a run", () => {
  test.each(["success", "failure", "cancel", "expiry"] as const)(
    "by %s leaves no timer that fires later",
    async (way) => {
      const { script, clock, run, journal } = await start([{ ...one, timeoutSeconds: 5 }], "honour", {
        maxRunSeconds: 50,
      });
      script.progress("a", "working");
      if (way === "success") script.end("a", succeeded());
      if (way === "failure") script.end("a", failed());
      if (way === "cancel") await run.cancel();
      if (way === "expiry") await clock.advance(50_000);
      await run.outcome();
      const before = await eventsOf(journal, "x");
      expect(clock.armed).toBe(0);
      await clock.advance(1_000_000);
      expect(await eventsOf(journal, "x")).toEqual(before);
    },
  );
});
