import { describe, expect, it } from "vitest";
import { briefly, givenRun, stepOf } from "../../support/given-run.ts";
import type { GivenRun } from "../../support/given-run.ts";

/** One step in each state that a live run may have: done, running, waiting for a retry, waiting for a slot, waiting for a step. */
function busy(): GivenRun {
  const run = givenRun(
    [
      stepOf("done"),
      stepOf("running"),
      stepOf("waiting", { retry: { attempts: 2, backoffSeconds: 60 } }),
      stepOf("queued"),
      stepOf("behind", { needs: ["running"] }),
    ],
    { concurrency: 2 },
  );
  run.succeed("done");
  run.fail("waiting");
  run.when({ type: "step.progress", step: "queued", attempt: 1, report: { kind: "note", message: "Working." } });
  return run;
}

describe("canceling a run", () => {
  it("ends in declared order what has not started, tells what runs to stop, and starts nothing more", () => {
    const run = busy();
    expect(run.phases()).toMatchObject({
      running: "running",
      waiting: "waiting",
      queued: "running",
      behind: "pending",
    });
    expect(briefly(run.cancel())).toEqual([
      "run.cancelRequested",
      "step.abortRequested running canceled",
      "step.canceled waiting",
      "step.abortRequested queued canceled",
      "step.canceled behind",
    ]);
    expect(run.phase).toBe("canceling");
    expect(briefly(run.abort("running"))).toEqual(["step.canceled running"]);
    expect(briefly(run.abort("queued"))).toEqual(["step.canceled queued", "run.settled canceled"]);
  });

  it("while a child is held leaves the run canceling until the child has ended", () => {
    const run = givenRun([stepOf("a")]);
    run.cancel();
    expect(run.phase).toBe("canceling");
    expect(briefly(run.abort("a"))).toEqual(["step.canceled a", "run.settled canceled"]);
  });

  it("says why each step was canceled: the reason of the cancel", () => {
    const run = givenRun([stepOf("a"), stepOf("b", { needs: ["a"] })]);
    const events = [...run.cancel(false, "The office closes."), ...run.abort("a")];
    expect(events.filter(({ type }) => type === "step.canceled")).toEqual([
      { type: "step.canceled", step: "b", attempt: 0, reason: "The office closes." },
      {
        type: "step.canceled",
        step: "a",
        attempt: 1,
        reason: "The office closes.",
        failure: { kind: "aborted", message: "It was told to stop." },
      },
    ]);
  });

  it("after one success leaves that step succeeded", () => {
    const run = givenRun([stepOf("a"), stepOf("b")]);
    run.succeed("a");
    run.cancel();
    expect(briefly(run.abort("b"))).toEqual(["step.canceled b", "run.settled canceled"]);
    expect(run.phases()).toEqual({ a: "succeeded", b: "canceled" });
  });

  it("while the only child is already closing with success ends as canceled, the step as succeeded", () => {
    const run = givenRun([stepOf("a")]);
    run.cancel();
    expect(briefly(run.succeed("a"))).toEqual(["step.succeeded a", "run.settled canceled"]);
  });

  it("when nothing runs settles it at once", () => {
    const run = givenRun([stepOf("a", { retry: { attempts: 2, backoffSeconds: 60 } })]);
    run.fail("a");
    expect(briefly(run.cancel())).toEqual(["run.cancelRequested", "step.canceled a", "run.settled canceled"]);
  });

  it("keeps a step that succeeds late from starting what needs it", () => {
    const run = givenRun([stepOf("a"), stepOf("b"), stepOf("c", { needs: ["a"] })]);
    run.cancel();
    expect(briefly(run.succeed("a"))).toEqual(["step.succeeded a"]);
    expect(run.phaseOf("c")).toBe("canceled");
  });

  it("gives no further attempt to a step that fails while it is being stopped", () => {
    const run = givenRun([stepOf("a", { retry: { attempts: 5 } })]);
    run.cancel();
    expect(briefly(run.fail("a"))).toEqual(["step.canceled a", "run.settled canceled"]);
  });

  it("lets an attempt that is being stopped say what it does", () => {
    const run = givenRun([stepOf("a")]);
    run.cancel();
    const report = { kind: "note", message: "Putting things away." } as const;
    expect(briefly(run.when({ type: "step.progress", step: "a", attempt: 1, report }))).toEqual(["step.progressed a"]);
    expect(run.phaseOf("a")).toBe("canceling");
  });

  it("again changes nothing, however often it is asked", () => {
    const run = givenRun([stepOf("a")]);
    run.cancel();
    for (let time = 0; time < 50; time++) {
      expect(run.refusal({ type: "run.cancel", reason: "Again.", force: false })).toBe("repeated");
    }
    expect(run.events().filter(({ type }) => type === "run.cancelRequested")).toHaveLength(1);
  });

  it("by force passes on the force, once", () => {
    const run = givenRun([stepOf("a")]);
    expect(briefly(run.cancel(true))).toEqual([
      "run.cancelRequested by force",
      "step.abortRequested a canceled by force",
    ]);
    expect(run.refusal({ type: "run.cancel", reason: "Again.", force: true })).toBe("repeated");
    expect(run.refusal({ type: "run.cancel", reason: "Again.", force: false })).toBe("repeated");
  });

  it("by force after a graceful cancel tells what still stops once more, and keeps the first reason", () => {
    const run = givenRun([stepOf("a"), stepOf("b")]);
    run.cancel(false, "First.");
    run.abort("b");
    expect(briefly(run.cancel(true, "Second."))).toEqual([
      "run.cancelRequested by force",
      "step.abortRequested a canceled by force",
    ]);
    expect(run.abort("a")[0]).toMatchObject({ type: "step.canceled", reason: "First." });
  });

  it("reaches a step that is timing out only by force, and leaves it timing out", () => {
    const run = givenRun([stepOf("a")]);
    run.timeOut("a");
    expect(briefly(run.cancel())).toEqual(["run.cancelRequested"]);
    expect(briefly(run.cancel(true))).toEqual([
      "run.cancelRequested by force",
      "step.abortRequested a timedOut by force",
    ]);
    expect(briefly(run.abort("a"))).toEqual(["step.timedOut a", "run.settled canceled"]);
  });

  it("keeps a step that is timing out from another attempt", () => {
    const run = givenRun([stepOf("a", { retry: { attempts: 3 } })]);
    run.timeOut("a");
    run.cancel();
    expect(briefly(run.abort("a"))).toEqual(["step.timedOut a", "run.settled canceled"]);
  });
});

describe("a run past its deadline", () => {
  it("stops what runs, cancels what waits, and ends as expired", () => {
    const run = givenRun([stepOf("a"), stepOf("b", { needs: ["a"] })], { maxRunSeconds: 5 });
    const expired = run.expire();
    expect(briefly(expired)).toEqual(["run.expired", "step.abortRequested a expired", "step.canceled b"]);
    expect(expired[0]).toEqual({ type: "run.expired", deadlineAt: 6_000 });
    expect(run.phase).toBe("expiring");
    const ended = run.abort("a");
    expect(briefly(ended)).toEqual(["step.canceled a", "run.settled expired"]);
    expect([expired[2], ended[0]]).toMatchObject([
      { reason: "The run passed its deadline." },
      { reason: "The run passed its deadline." },
    ]);
  });

  it("is not expired twice", () => {
    const run = givenRun([stepOf("a")]);
    run.expire();
    expect(run.refusal({ type: "run.expire" })).toBe("repeated");
  });

  it("stays expired when it is canceled then", () => {
    const run = givenRun([stepOf("a")]);
    run.expire();
    expect(run.refusal({ type: "run.cancel", reason: "Too slow.", force: false })).toBe("repeated");
    expect(briefly(run.cancel(true, "Too slow."))).toEqual([
      "run.cancelRequested by force",
      "step.abortRequested a expired by force",
    ]);
    const ended = run.abort("a");
    expect(briefly(ended)).toEqual(["step.canceled a", "run.settled expired"]);
    expect(ended[0]).toMatchObject({ reason: "The run passed its deadline." });
  });

  it("stays canceled when the deadline passes during the closeout", () => {
    const run = givenRun([stepOf("a")]);
    run.cancel();
    expect(run.refusal({ type: "run.expire" })).toBe("repeated");
    expect(briefly(run.abort("a"))).toEqual(["step.canceled a", "run.settled canceled"]);
  });
});
