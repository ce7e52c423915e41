import { describe, expect, it } from "vitest";
import { briefly, givenRun, stepOf } from "../../support/given-run.ts";

describe("a step with dependencies", () => {
  it("starts when all that it needs have succeeded, not before", () => {
    const run = givenRun([stepOf("a"), stepOf("b"), stepOf("c", { needs: ["a", "b"] })]);
    expect(briefly(run.succeed("a"))).toEqual(["step.succeeded a"]);
    expect(briefly(run.succeed("b"))).toEqual(["step.succeeded b", "step.started c"]);
  });

  it("starts after a step that failed, while one that needs it is blocked", () => {
    const run = givenRun([stepOf("a"), stepOf("after", { after: ["a"] }), stepOf("needs", { needs: ["a"] })]);
    expect(briefly(run.fail("a"))).toEqual(["step.failed a", "step.blocked needs by a failed", "step.started after"]);
  });

  it("starts after a step that timed out", () => {
    const run = givenRun([stepOf("a"), stepOf("after", { after: ["a"] })]);
    run.timeOut("a");
    expect(briefly(run.abort("a"))).toEqual(["step.timedOut a", "step.started after"]);
  });

  it("waits both for what it needs and for what it comes after", () => {
    const run = givenRun([stepOf("a"), stepOf("b"), stepOf("c", { needs: ["a"], after: ["b"] })]);
    expect(briefly(run.fail("b"))).toEqual(["step.failed b"]);
    expect(briefly(run.succeed("a"))).toEqual(["step.succeeded a", "step.started c"]);
  });

  it("that both needs and comes after the same step starts once, after its success", () => {
    const run = givenRun([stepOf("a"), stepOf("b", { needs: ["a"], after: ["a"] })]);
    expect(briefly(run.succeed("a"))).toEqual(["step.succeeded a", "step.started b"]);
  });

  it("that both needs and comes after the same step is blocked once by its failure", () => {
    const run = givenRun([stepOf("a"), stepOf("b", { needs: ["a"], after: ["a"] })]);
    expect(briefly(run.fail("a"))).toEqual(["step.failed a", "step.blocked b by a failed", "run.settled failed"]);
  });

  it("never starts after it was blocked, although all that it comes after ends", () => {
    const run = givenRun([stepOf("a"), stepOf("b"), stepOf("c", { needs: ["a"], after: ["b"] })]);
    run.fail("a");
    expect(briefly(run.succeed("b"))).toEqual(["step.succeeded b", "run.settled mixed"]);
  });
});

describe("blocking", () => {
  it("reaches transitive dependents, whatever the order in which they are declared", () => {
    const run = givenRun([
      stepOf("last", { needs: ["middle"] }),
      stepOf("middle", { needs: ["first"] }),
      stepOf("first"),
    ]);
    expect(briefly(run.fail("first"))).toEqual([
      "step.failed first",
      "step.blocked middle by first failed",
      "step.blocked last by middle blocked",
      "run.settled failed",
    ]);
  });

  it("names every need that keeps the step from starting, in the step's own order, whatever the declared order", () => {
    const root = stepOf("root");
    const x = stepOf("x", { needs: ["root"] });
    const y = stepOf("y", { needs: ["root", "x"] });
    expect(briefly(givenRun([root, x, y]).fail("root"))).toContain("step.blocked y by root failed, x blocked");
    expect(briefly(givenRun([root, y, x]).fail("root"))).toContain("step.blocked y by root failed, x blocked");
  });

  it("releases those who come after the blocked step", () => {
    const run = givenRun([stepOf("a"), stepOf("b", { needs: ["a"] }), stepOf("c", { after: ["b"] })]);
    expect(briefly(run.fail("a"))).toEqual(["step.failed a", "step.blocked b by a failed", "step.started c"]);
  });

  it("reaches each step once, also along many ways", () => {
    const run = givenRun([
      stepOf("a"),
      stepOf("l", { needs: ["a"] }),
      stepOf("r", { needs: ["a"] }),
      stepOf("end", { needs: ["l", "r"] }),
    ]);
    const blocked = briefly(run.fail("a")).filter((line) => line.startsWith("step.blocked"));
    expect(blocked).toEqual([
      "step.blocked l by a failed",
      "step.blocked r by a failed",
      "step.blocked end by l blocked, r blocked",
    ]);
  });

  it("leaves alone whatever does not need the failed step", () => {
    const run = givenRun([stepOf("a"), stepOf("b"), stepOf("c", { needs: ["b"] })]);
    run.fail("a");
    expect(run.phases()).toEqual({ a: "failed", b: "running", c: "pending" });
    expect(briefly(run.succeed("b"))).toEqual(["step.succeeded b", "step.started c"]);
  });

  it("does not come before the last attempt has failed", () => {
    const run = givenRun([stepOf("a", { retry: { attempts: 2, backoffSeconds: 1 } }), stepOf("b", { needs: ["a"] })]);
    expect(briefly(run.fail("a"))).toEqual(["step.retryScheduled a"]);
    expect(run.phaseOf("b")).toBe("pending");
  });
});

describe("the fixed point", () => {
  it("is reached at once after a launch that failed: blocking and release wait for no other step", () => {
    const run = givenRun([
      stepOf("x", { after: ["bad"] }),
      stepOf("bad"),
      stepOf("long"),
      stepOf("y", { needs: ["bad"] }),
    ]);
    expect(briefly(run.fail("bad", { kind: "launch", final: true }))).toEqual([
      "step.failed bad",
      "step.blocked y by bad failed",
      "step.started x",
    ]);
    expect(run.phaseOf("long")).toBe("running");
  });

  it("gives the slot of a launch that failed to the next ready step in the same commit", () => {
    const run = givenRun([stepOf("bad"), stepOf("next"), stepOf("third")], { concurrency: 1 });
    expect(briefly(run.fail("bad", { kind: "launch", final: true }))).toEqual(["step.failed bad", "step.started next"]);
  });

  it("has the run settled in the commit of its last step's end", () => {
    const run = givenRun([stepOf("a"), stepOf("b", { needs: ["a"] })]);
    run.succeed("a");
    expect(briefly(run.succeed("b"))).toEqual(["step.succeeded b", "run.settled succeeded"]);
    expect(run.phase).toBe("succeeded");
  });
});
