import { describe, expect, it } from "vitest";
import { limits } from "../../../src/domain/limits.ts";
import { briefly, givenRun, GivenRun, graphOf, stepOf } from "../../support/given-run.ts";

const flat = (count: number, rest = {}) => Array.from({ length: count }, (_none, index) => stepOf(`s${index}`, rest));

describe("starting a run", () => {
  it("records the graph, the place and the deadline, and starts what is ready, in declared order", () => {
    const run = new GivenRun(graphOf([stepOf("b"), stepOf("a"), stepOf("c", { needs: ["a"] })], { maxRunSeconds: 5 }));
    run.now = 7_000;
    const [started, ...rest] = run.start();
    expect(started).toEqual({ ...run.startInput(), type: "run.started", epoch: 1, deadlineAt: 12_000 });
    expect(briefly(rest)).toEqual(["step.started b", "step.started a"]);
  });

  it("a second time is refused", () => {
    const run = givenRun([stepOf("a")]);
    expect(run.refusal(run.startInput())).toBe("started");
    run.succeed("a");
    expect(run.refusal(run.startInput())).toBe("started");
    run.clean();
    expect(run.refusal(run.startInput())).toBe("started");
  });

  it("comes before anything else can happen to it", () => {
    const run = new GivenRun(graphOf([stepOf("a")]));
    expect(run.refusal({ type: "run.cancel", reason: "", force: false })).toBe("ended");
    expect(run.refusal({ type: "run.clean", reason: "" })).toBe("ended");
    expect(run.refusal({ type: "step.succeed", step: "a", attempt: 1, output: { value: null } })).toBe("ended");
  });
});

describe("slots", () => {
  it("by default, take six of nine ready steps, and each end starts the next in declared order", () => {
    const run = givenRun(flat(9));
    expect(run.running()).toEqual(["s0", "s1", "s2", "s3", "s4", "s5"]);
    expect(limits.concurrencyDefault).toBe(6);
    expect(briefly(run.succeed("s3"))).toEqual(["step.succeeded s3", "step.started s6"]);
    expect(briefly(run.fail("s0"))).toEqual(["step.failed s0", "step.started s7"]);
    expect(briefly(run.succeed("s7"))).toEqual(["step.succeeded s7", "step.started s8"]);
    expect(briefly(run.succeed("s8"))).toEqual(["step.succeeded s8"]);
  });

  it("of which there is one let steps run strictly one by one", () => {
    const run = givenRun(flat(3), { concurrency: 1 });
    for (const [step, next] of [
      ["s0", "step.started s1"],
      ["s1", "step.started s2"],
      ["s2", "run.settled succeeded"],
    ]) {
      expect(run.running()).toEqual([step]);
      expect(briefly(run.succeed(step!))).toEqual([`step.succeeded ${step}`, next]);
    }
  });

  it("that become free go to the ready step that was declared first, not to the one that became ready first", () => {
    const run = givenRun([stepOf("early", { needs: ["a"] }), stepOf("a"), stepOf("b"), stepOf("late")], {
      concurrency: 2,
    });
    expect(run.running()).toEqual(["a", "b"]);
    expect(briefly(run.succeed("a"))).toEqual(["step.succeeded a", "step.started early"]);
    expect(briefly(run.succeed("b"))).toEqual(["step.succeeded b", "step.started late"]);
  });

  it("are kept by an attempt that was told to stop until it has ended", () => {
    const run = givenRun(flat(2), { concurrency: 1 });
    expect(briefly(run.timeOut("s0"))).toEqual(["step.abortRequested s0 timedOut"]);
    expect(run.phases()).toEqual({ s0: "timingOut", s1: "pending" });
    expect(briefly(run.abort("s0"))).toEqual(["step.timedOut s0", "step.started s1"]);
  });

  it("are given up by a step that waits for a retry, and taken again in declared order when it is due", () => {
    const run = givenRun(flat(3, { retry: { attempts: 2, backoffSeconds: 1 } }), { concurrency: 1 });
    expect(briefly(run.fail("s0"))).toEqual(["step.retryScheduled s0", "step.started s1"]);
    expect(briefly(run.retry("s0"))).toEqual(["step.retryDue s0"]);
    expect(briefly(run.succeed("s1"))).toEqual(["step.succeeded s1", "step.started s0 2"]);
  });

  it("are never more than the graph allows, however many steps end at once", () => {
    const run = givenRun(flat(40), { concurrency: 7 });
    for (let index = 0; index < 40; index++) {
      expect(run.running()).toHaveLength(Math.min(7, 40 - index));
      run.succeed(run.running().at(-1)!);
    }
    expect(run.phase).toBe("succeeded");
  });
});

describe("a step that has started", () => {
  it("has the timeout of its own, or of the graph, or the default", () => {
    const run = givenRun([stepOf("own", { timeoutSeconds: 1.5 }), stepOf("graph")], { stepTimeoutSeconds: 2 });
    expect(run.events().slice(1)).toMatchObject([{ deadlineAt: 2_500 }, { deadlineAt: 3_000 }]);
    const other = givenRun([stepOf("default")]);
    expect(other.events()[1]).toMatchObject({ deadlineAt: 1_000 + limits.stepTimeoutSecondsDefault * 1_000 });
  });

  it("tells what it is doing, attempt by attempt", () => {
    const run = givenRun([stepOf("a")]);
    const report = { kind: "note", message: "Halfway.", fraction: 0.5 } as const;
    const said = run.when({ type: "step.progress", step: "a", attempt: 1, report });
    expect(said).toEqual([{ type: "step.progressed", step: "a", attempt: 1, report }]);
  });

  it("has its artifacts recorded before its end", () => {
    const run = givenRun([stepOf("a"), stepOf("b")]);
    const artifact = { name: "a.1.log", bytes: 1, sha256: "00" };
    const artifacts = [artifact, { ...artifact, name: "a.1.txt" }];
    const output = { value: "done" };
    expect(run.when({ type: "step.succeed", step: "a", attempt: 1, output, artifacts })).toEqual([
      { type: "artifact.stored", step: "a", attempt: 1, artifact },
      { type: "artifact.stored", step: "a", attempt: 1, artifact: artifacts[1] },
      { type: "step.succeeded", step: "a", attempt: 1, output },
    ]);
    const failure = { kind: "exit", message: "It ended with code 1.", exitCode: 1 } as const;
    const partial = { value: "half" };
    expect(
      run.when({ type: "step.fail", step: "b", attempt: 1, failure, partial, artifacts: [artifact], jitter: 0 }),
    ).toEqual([
      { type: "artifact.stored", step: "b", attempt: 1, artifact },
      { type: "step.failed", step: "b", attempt: 1, failure, partial },
      { type: "run.settled", status: "mixed" },
    ]);
  });
});
