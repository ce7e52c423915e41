import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Event } from "../../../src/domain/events.ts";
import { limits } from "../../../src/domain/limits.ts";
import { briefly, givenRun, stepOf } from "../../support/given-run.ts";

const retryAt = (events: readonly Event[]): number => {
  const [scheduled] = events;
  if (scheduled?.type !== "step.retryScheduled") throw new Error(`no retry was scheduled: ${briefly(events).join()}`);
  return scheduled.retryAt;
};

describe("retrying a step", () => {
  it("goes on until the attempts are used up, the first included", () => {
    const run = givenRun([stepOf("a", { retry: { attempts: 3, backoffSeconds: 1 } })]);
    expect(briefly(run.fail("a"))).toEqual(["step.retryScheduled a"]);
    expect(briefly(run.retry("a"))).toEqual(["step.retryDue a", "step.started a 2"]);
    run.fail("a");
    expect(briefly(run.retry("a"))).toEqual(["step.retryDue a", "step.started a 3"]);
    expect(briefly(run.fail("a"))).toEqual(["step.failed a", "run.settled failed"]);
  });

  it("does not happen without a policy", () => {
    const run = givenRun([stepOf("a")]);
    expect(briefly(run.fail("a"))).toEqual(["step.failed a", "run.settled failed"]);
  });

  it("does not happen where the failure would only repeat itself", () => {
    const run = givenRun([stepOf("a", { retry: { attempts: 3 } })]);
    expect(briefly(run.fail("a", { kind: "launch", final: true }))).toEqual(["step.failed a", "run.settled failed"]);
  });

  it("without a backoff happens in the same commit", () => {
    const run = givenRun([stepOf("a", { retry: { attempts: 2 } })]);
    expect(briefly(run.fail("a"))).toEqual(["step.retryScheduled a", "step.retryDue a", "step.started a 2"]);
  });

  it("waits twice as long each time, up to the longest wait there is", () => {
    const run = givenRun([stepOf("a", { retry: { attempts: limits.attemptsMax, backoffSeconds: 1 } })]);
    const waits: number[] = [];
    for (let attempt = 1; attempt < limits.attemptsMax; attempt++) {
      waits.push((retryAt(run.fail("a")) - run.now) / 1_000);
      run.retry("a");
    }
    expect(waits.slice(0, 4)).toEqual([1, 2, 4, 8]);
    expect(waits.slice(-80)).toEqual(Array.from({ length: 80 }, () => limits.backoffSecondsMax));
    expect(briefly(run.fail("a"))).toEqual(["step.failed a", "run.settled failed"]);
  });

  it("waits at most the backoff, and at least what chance leaves of it", () => {
    const chance = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
    fc.assert(
      fc.property(fc.double({ min: 0.001, max: 3_600, noNaN: true }), chance, (backoffSeconds, jitter) => {
        const run = givenRun([stepOf("a", { retry: { attempts: 2, backoffSeconds } })]);
        const waitMs = retryAt(run.fail("a", {}, jitter)) - run.now;
        expect(waitMs).toBeLessThanOrEqual(Math.round(backoffSeconds * 1_000));
        expect(waitMs).toBeGreaterThanOrEqual(Math.floor(backoffSeconds * 1_000 * (1 - limits.backoffJitterFraction)));
      }),
    );
  });

  it("keeps the failure and the partial output of the attempt that failed", () => {
    const run = givenRun([stepOf("a", { retry: { attempts: 2, backoffSeconds: 1 } })]);
    const failure = { kind: "exit", message: "It ended with code 2.", exitCode: 2 } as const;
    const partial = { value: "half" };
    expect(run.when({ type: "step.fail", step: "a", attempt: 1, failure, partial, jitter: 0 })).toEqual([
      { type: "step.retryScheduled", step: "a", attempt: 1, failure, partial, retryAt: 2_000 },
    ]);
  });

  it("that is due is refused unless the step waits for that very retry", () => {
    const run = givenRun([stepOf("a", { retry: { attempts: 3, backoffSeconds: 1 } }), stepOf("b")]);
    expect(run.refusal({ type: "step.retry", step: "a", attempt: 1 })).toBe("stale");
    run.fail("a");
    expect(run.refusal({ type: "step.retry", step: "a", attempt: 2 })).toBe("stale");
    run.retry("a");
    expect(run.refusal({ type: "step.retry", step: "a", attempt: 1 })).toBe("stale");
    expect(run.refusal({ type: "step.retry", step: "nobody", attempt: 1 })).toBe("unknownStep");
    run.fail("a");
    run.cancel();
    expect(run.refusal({ type: "step.retry", step: "a", attempt: 2 })).toBe("stale");
  });
});

describe("an attempt past its deadline", () => {
  it("is told to stop, and times out when it has", () => {
    const run = givenRun([stepOf("a"), stepOf("b")]);
    expect(run.timeOut("a")).toEqual([
      { type: "step.abortRequested", step: "a", attempt: 1, cause: "timedOut", force: false },
    ]);
    expect(briefly(run.abort("a"))).toEqual(["step.timedOut a"]);
  });

  it("does not succeed any more, but what it gave is kept as evidence", () => {
    const run = givenRun([stepOf("a")]);
    run.timeOut("a");
    const output = { value: "too late" };
    expect(run.succeed("a", 1, output)).toEqual([
      {
        type: "step.timedOut",
        step: "a",
        attempt: 1,
        failure: { kind: "timedOut", message: "The work ended well, but only after its deadline." },
        partial: output,
      },
      { type: "run.settled", status: "failed" },
    ]);
  });

  it("blocks those who need it", () => {
    const run = givenRun([stepOf("a"), stepOf("b", { needs: ["a"] })]);
    run.timeOut("a");
    expect(briefly(run.abort("a"))).toContain("step.blocked b by a timedOut");
  });

  it("is told only once, and only while it runs", () => {
    const run = givenRun([stepOf("a", { retry: { attempts: 2, backoffSeconds: 1 } }), stepOf("b")]);
    run.timeOut("a");
    expect(run.refusal({ type: "step.timeOut", step: "a", attempt: 1 })).toBe("stale");
    run.abort("a");
    expect(run.refusal({ type: "step.timeOut", step: "a", attempt: 1 })).toBe("stale");
    run.retry("a");
    expect(run.refusal({ type: "step.timeOut", step: "a", attempt: 1 })).toBe("stale");
    expect(run.refusal({ type: "step.timeOut", step: "nobody", attempt: 1 })).toBe("unknownStep");
    run.cancel();
    expect(run.refusal({ type: "step.timeOut", step: "a", attempt: 2 })).toBe("stale");
  });
});

describe("a report of an attempt that is over", () => {
  const failure = { kind: "thrown", message: "Late." } as const;
  const report = { kind: "note", message: "Late." } as const;

  it.each([
    { type: "step.progress", step: "a", attempt: 1, report },
    { type: "step.succeed", step: "a", attempt: 1, output: { value: null } },
    { type: "step.fail", step: "a", attempt: 1, failure, jitter: 0 },
  ] as const)("is refused as stale: $type", (late) => {
    const run = givenRun([stepOf("a", { retry: { attempts: 3, backoffSeconds: 1 } }), stepOf("b")]);
    run.fail("a");
    expect(run.refusal(late)).toBe("stale");
    run.retry("a");
    expect(run.refusal(late)).toBe("stale");
    expect(run.refusal({ ...late, attempt: 3 })).toBe("stale");
    run.succeed("a");
    expect(run.refusal({ ...late, attempt: 2 })).toBe("stale");
    expect(run.refusal({ ...late, step: "nobody" })).toBe("unknownStep");
  });

  it("is refused for a step that never started", () => {
    const run = givenRun([stepOf("a"), stepOf("b", { needs: ["a"] })]);
    expect(run.refusal({ type: "step.succeed", step: "b", attempt: 1, output: { value: null } })).toBe("stale");
    expect(run.refusal({ type: "step.succeed", step: "b", attempt: 0, output: { value: null } })).toBe("stale");
  });
});
