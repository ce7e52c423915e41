import { describe, expect, test } from "vitest";
import { Ear, end, statesOf, three } from "./notice-ear.ts";
import { openWorld, turns } from "./world.ts";

describe("a subscriber", () => {
  test("is told of each result without an interval, and then of the end", async () => {
    const ear = new Ear();
    const { runtime } = await openWorld({ notices: [ear.subscription] });
    const { graph, tasks } = three({ minIntervalSeconds: 0 });
    const run = await runtime.start(graph, { id: "x" });
    await end(tasks);
    expect(ear.reasons).toEqual([
      ["sink a succeeded"],
      ["sink b succeeded"],
      ["terminal:succeeded", "sink c succeeded"],
    ]);
    expect(ear.got.map(({ isTerminal, status, mode, attempt }) => [isTerminal, status, mode, attempt])).toEqual([
      [false, "running", "milestones", 1],
      [false, "running", "milestones", 1],
      [true, "succeeded", "milestones", 1],
    ]);
    const { life } = run.snapshot();
    expect(ear.got.map(({ key }) => key)).toEqual([1, 2, 3].map((number) => `x.${life}.${number}`));
    expect(await statesOf(runtime, run)).toEqual(["0 closed", "1 delivered", "2 delivered", "3 delivered"]);
  });

  test("is told at once, then when the interval is over, of all that came up meanwhile", async () => {
    const ear = new Ear();
    const { runtime, clock } = await openWorld({ notices: [ear.subscription] });
    const { graph, tasks } = three({ minIntervalSeconds: 10 });
    await runtime.start(graph);
    tasks.a.succeed("x");
    await turns();
    tasks.b.fail(new Error("No."));
    await clock.advance(9_999);
    expect(ear.reasons).toEqual([["sink a succeeded"]]);
    await clock.advance(1);
    expect(ear.reasons).toEqual([["sink a succeeded"], ["sink b failed", "step b failed"]]);
  });

  test("is not kept waiting by a clock that is set back", async () => {
    const ear = new Ear();
    const { runtime, clock } = await openWorld({ notices: [ear.subscription] });
    const { graph, tasks } = three({ minIntervalSeconds: 10 });
    await runtime.start(graph);
    tasks.a.succeed("x");
    await turns();
    clock.setBack(500_000);
    tasks.b.succeed("x");
    await turns();
    await clock.advance(10_000);
    expect(ear.reasons).toEqual([["sink a succeeded"], ["sink b succeeded"]]);
  });

  test("of a graph that tells nobody is told nothing, and nothing is kept of it; the run can be looked at all the same", async () => {
    const ear = new Ear();
    const { runtime } = await openWorld({ notices: [ear.subscription] });
    const { graph, tasks } = three({ mode: "none" });
    const run = await runtime.start(graph);
    await end(tasks);
    expect(ear.got).toEqual([]);
    expect(run.snapshot().status).toBe("succeeded");
    expect(await statesOf(runtime, run)).toEqual([]);
  });

  test("of the mode final is told of the end alone", async () => {
    const ear = new Ear();
    const { runtime } = await openWorld({ notices: [ear.subscription] });
    const { graph, tasks } = three({ mode: "final", minIntervalSeconds: 0 });
    await runtime.start(graph);
    await end(tasks);
    expect(ear.reasons).toEqual([["terminal:succeeded"]]);
  });

  test("gets where the results are and how large, without their text and without events; and a place to read on from", async () => {
    const ear = new Ear();
    const { runtime } = await openWorld({ notices: [ear.subscription] });
    const { graph, tasks } = three({ mode: "final" });
    const run = await runtime.start(graph);
    tasks.a.succeed("secret".repeat(10_000));
    tasks.b.succeed("short secret");
    tasks.c.fail(new Error("secret reason"));
    await run.outcome();
    await turns(20);
    const [notice] = ear.got;
    expect(notice!.summary).toMatchObject({
      status: "mixed",
      position: run.snapshot().position,
      counts: { succeeded: 2, failed: 1, running: 0 },
      outputs: [
        { step: "a", status: "succeeded", artifacts: [{ bytes: 60_000 }] },
        { step: "b", status: "succeeded", bytes: '"short secret"'.length },
        { step: "c", status: "failed" },
      ],
      omittedOutputs: 0,
    });
    expect(notice!.summary.outputs[0]!.bytes).toBeGreaterThanOrEqual(60_000);
    expect(JSON.stringify(notice)).not.toContain("secret");
    const receipt = await run.wait({ after: notice!.cursor, timeoutMs: 0 });
    expect(receipt.events).toEqual([]);
  });

  test("hears of a cancel once it is over, and of nothing on the way", async () => {
    const ear = new Ear();
    const { runtime } = await openWorld({ notices: [ear.subscription] });
    const { graph, tasks } = three({ minIntervalSeconds: 0 });
    const run = await runtime.start(graph);
    await tasks.a.started();
    await run.cancel();
    await end(tasks);
    expect(ear.got.map(({ status, isTerminal }) => [status, isTerminal])).toEqual([["canceled", true]]);
  });

  test("may not have the name of another one, or none that is a name", async () => {
    const sink = (): undefined => undefined;
    for (const names of [["a", "a"], [""], ["a b"], ["x".repeat(65)]]) {
      const notices = names.map((subscriber) => ({ subscriber, sink }));
      await expect(openWorld({ notices })).rejects.toMatchObject({ code: "notice.invalid" });
    }
  });
});

describe("observers", () => {
  test("of a runtime hear of all its runs, of each in order; one that throws is dropped, and hurts nobody", async () => {
    const { runtime, diagnostics } = await openWorld();
    const heard: string[] = [];
    let isComplete = false;
    runtime.notices.all$.subscribe(() => {
      throw new Error("broken");
    });
    runtime.notices.all$.subscribe({
      next: ({ run, notice }) => void heard.push(`${run} ${notice}`),
      complete: () => (isComplete = true),
    });
    const one = three({ minIntervalSeconds: 0 });
    const other = three({ mode: "final" });
    await runtime.start(one.graph, { id: "x" });
    await runtime.start(other.graph, { id: "y" });
    await end(one.tasks);
    await end(other.tasks);
    expect(heard).toEqual(["x 1", "x 2", "x 3", "y 1"]);
    expect(diagnostics.map(({ code }) => code)).toEqual(["observer-failed"]);
    await runtime.close();
    await turns();
    expect(isComplete).toBe(true);
  });

  test("of a run hear what was, then what comes, and of its end", async () => {
    const { runtime } = await openWorld();
    const { graph, tasks } = three({ minIntervalSeconds: 0 });
    const run = await runtime.start(graph);
    tasks.a.succeed("x");
    await turns();
    const heard: (number | string)[] = [];
    const observe = (): void =>
      void run.notices$.subscribe({ next: ({ notice }) => heard.push(notice), complete: () => heard.push("end") });
    observe();
    await turns();
    expect(heard).toEqual([1]);
    tasks.b.succeed("x");
    await turns();
    tasks.c.succeed("x");
    await turns(20);
    expect(heard).toEqual([1, 2, 3, "end"]);
    heard.length = 0;
    observe();
    await turns(20);
    expect(heard).toEqual([1, 2, 3, "end"]);
  });
});
