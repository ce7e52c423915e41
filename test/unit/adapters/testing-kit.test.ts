import { expect, test } from "vitest";
import { memoryJournal, openRuntime, parseGraph } from "runfold";
import type { Graph } from "runfold";
import { failed, failingJournal, scriptedExecutor, seededEntropy, succeeded, virtualClock } from "runfold/testing";
import type { ScriptedExecutorOptions } from "runfold/testing";

function graphOf(...steps: object[]): Graph {
  const parsed = parseGraph({ name: "graph", objective: "To be tested.", steps });
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.diagnostics));
  return parsed.graph;
}

test("the same seed gives the same chance, and names that never repeat", () => {
  const [one, other] = [seededEntropy(7), seededEntropy(7)];
  const names = Array.from({ length: 1_000 }, () => one.uniqueName());
  expect(Array.from({ length: 1_000 }, () => other.uniqueName())).toEqual(names);
  expect(new Set(names).size).toBe(1_000);
  expect(names.every((name) => /^[0-9a-z]+$/.test(name))).toBe(true);
  const fractions = Array.from({ length: 1_000 }, () => one.fraction());
  expect(Math.min(...fractions)).toBeGreaterThanOrEqual(0);
  expect(Math.max(...fractions)).toBeLessThan(1);
  expect(seededEntropy(8).fraction()).not.toBe(seededEntropy(7).fraction());
});

test("a user tests a graph with the kit: attempts end when told, retries come in virtual time", async () => {
  const clock = virtualClock();
  const executor = scriptedExecutor();
  const runtime = await openRuntime({ clock, executors: [executor], entropy: seededEntropy() });
  const graph = graphOf(
    { id: "build", command: ["make"], retry: { attempts: 2, backoffSeconds: 60 } },
    { id: "publish", shell: "publish it", needs: ["build"] },
  );
  const run = await runtime.start(graph, { id: "run-1" });
  await clock.advanceBy(0);
  expect(executor.running.map(({ step, number }) => `${step} ${number}`)).toEqual(["build 1"]);
  executor.progress("build", "compiling");
  executor.end("build", failed("The disk was full."));
  await clock.advanceBy(30_000 - 1);
  expect(run.snapshot().steps.get("build")).toMatchObject({ status: "pending", attempt: 1 });
  await clock.advanceBy(30_001);
  executor.end("build", succeeded("built"), "run-1");
  await clock.advanceBy(0);
  expect(executor.running[0]?.attempt.upstream).toMatchObject([{ step: "build", output: { value: "built" } }]);
  expect(() => executor.end("build", succeeded())).toThrow("these are: publish");
  executor.end("publish", succeeded());
  const outcome = await run.outcome();
  expect([outcome.status, outcome.output("build")]).toEqual(["succeeded", "built"]);
  expect(executor.attempts.map(({ isRunning }) => isRunning)).toEqual([false, false, false]);
  await runtime.close();
});

test("a scripted attempt honours a request to stop, ignores it, or does as it is told", async () => {
  const ends: string[] = [];
  const ways: readonly ScriptedExecutorOptions["stops"][] = [
    "honour",
    "ignore",
    (attempt) => attempt.end(succeeded("in time")),
  ];
  for (const stops of ways) {
    const clock = virtualClock();
    const executor = scriptedExecutor(stops === undefined ? {} : { stops });
    const runtime = await openRuntime({ clock, executors: [executor], abortGraceMs: 10 });
    const run = await runtime.start(graphOf({ id: "a", task: "a" }), { id: "run-1" });
    await clock.advanceBy(0);
    await run.cancel();
    await clock.advanceBy(0);
    const { status } = run.snapshot().steps.get("a")!;
    ends.push(`${status}, told ${executor.attempts[0]?.stops.length} times`);
    await clock.advanceBy(60_000);
    await runtime.close();
  }
  expect(ends).toEqual(["canceled, told 1 times", "running, told 1 times", "succeeded, told 1 times"]);
});

test("a scripted attempt can break its contract, which fails its step alone", async () => {
  const clock = virtualClock();
  const executor = scriptedExecutor({ kinds: ["task"], started: (attempt) => attempt.break(new Error("Broken.")) });
  const runtime = await openRuntime({ clock, executors: [executor] });
  const run = await runtime.start(graphOf({ id: "a", task: "a" }));
  await clock.advanceBy(0);
  expect(run.snapshot().steps.get("a")).toMatchObject({ status: "failed", failure: { kind: "executor" } });
  await runtime.close();
});

test("a failing journal fails the append it is told to, keeps what it is told to, and holds what is to be held", async () => {
  const journal = failingJournal(memoryJournal());
  const commit = (position: number) =>
    ({
      schema: 1,
      position,
      at: 1,
      input: { type: "run.expire" },
      events: [{ type: "run.expired", deadlineAt: 1 }],
    }) as const;
  journal.failAppend(1);
  journal.failAppend(2, { isKept: true, error: new Error("The answer was lost.") });
  journal.failAppend(3, { error: "conflict" });
  await expect(journal.append("a", 0, [commit(1)])).rejects.toMatchObject({ code: "journal.failed" });
  expect([await journal.head("a"), journal.kept("a")]).toEqual([0, 0]);
  await expect(journal.append("a", 0, [commit(1)])).rejects.toThrow("The answer was lost.");
  expect([await journal.head("a"), journal.kept("a")]).toEqual([1, 1]);
  await expect(journal.append("a", 1, [commit(2)])).rejects.toMatchObject({ code: "journal.conflict" });
  journal.hold();
  const appends = [journal.append("a", 1, [commit(2)]), journal.append("a", 2, [commit(3)])];
  await Promise.resolve();
  expect([journal.held, await journal.head("a")]).toEqual([2, 1]);
  journal.release();
  await Promise.all(appends);
  expect([journal.held, journal.kept("a"), journal.appends]).toEqual([0, 3, 5]);
  journal.hold("answers");
  const answer = journal.append("a", 3, [commit(4)]);
  expect([await journal.head("a"), journal.held], "it is kept, and nobody knows").toEqual([4, 1]);
  journal.release();
  await answer;
  await journal.close();
});
