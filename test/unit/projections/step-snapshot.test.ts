import { describe, expect, test } from "vitest";
import type { StepEvent, StepSnapshot } from "runfold";
import { nextStep, pendingStep } from "../../../src/projections/step-snapshot.ts";
import { did, failure } from "./events.ts";

/** The step after events 100 ms apart, from 100 on, at positions from 1. */
function after(...events: StepEvent[]): StepSnapshot {
  let step = pendingStep({ id: "a", task: "a" });
  for (const [index, event] of events.entries()) {
    step = nextStep(step, event, 100 * (index + 1), index + 1);
  }
  return step;
}

describe("a step", () => {
  test("begins as pending, with nothing known", () => {
    expect(after()).toMatchObject({ status: "pending", attempt: 0, startedAt: undefined, endedAt: undefined });
  });

  test("that has started shows when, and its deadline", () => {
    expect(after(did.start("a"))).toMatchObject({ status: "running", attempt: 1, startedAt: 100, deadlineAt: 500 });
  });

  test("that works shows the last line of what it wrote", () => {
    expect(after(did.start("a"), did.text("a", "one\ntwo\n"))).toMatchObject({ status: "running", activity: "two" });
  });

  test("that was told to stop is stopping, still runs, and shows no more so when it has ended", () => {
    expect(after(did.start("a"), did.abort("a"))).toMatchObject({ status: "running", isStopping: true });
    expect(after(did.start("a"), did.abort("a"), did.cancel("a"))).toMatchObject({ isStopping: false });
  });

  test.each([
    ["succeeded", did.succeed("a"), { failure: undefined }],
    ["failed", did.fail("a"), { failure }],
    ["timedOut", did.timeOut("a"), { failure }],
    ["canceled", did.cancel("a"), { failure: undefined, reason: "enough" }],
  ] as const)("that %s shows when, how long it worked, and where its end stands", (status, event, more) => {
    const ended = after(did.start("a"), event);
    expect(ended).toMatchObject({ status, endedAt: 200, workedMs: 100, endedAtPosition: 2, ...more });
    expect([ended.deadlineAt, ended.retryAt]).toEqual([undefined, undefined]);
  });

  test("that was canceled before it started has not worked", () => {
    expect(after(did.cancel("a"))).toMatchObject({ status: "canceled", attempt: 0, workedMs: 0, startedAt: undefined });
  });

  test("that is blocked shows by whom, and never worked", () => {
    const by = [{ step: "b", status: "failed" }];
    expect(after(did.block("a", "b"))).toMatchObject({ status: "blocked", blockedBy: by, workedMs: 0, endedAt: 100 });
  });

  test("that waits for a retry is pending, with the failure and the time of the retry", () => {
    const waiting = after(did.start("a"), did.retry("a"));
    expect(waiting).toMatchObject({ status: "pending", attempt: 1, retryAt: 700, failure, workedMs: 100 });
    expect(waiting.deadlineAt).toBeUndefined();
    expect(after(did.start("a"), did.retry("a"), did.due("a")).retryAt).toBeUndefined();
  });

  test("that is tried again has no failure until it fails again, and its work adds up without the waits", () => {
    const events = [did.start("a"), did.retry("a"), did.due("a"), did.start("a", 2)];
    expect(after(...events)).toMatchObject({ status: "running", attempt: 2, failure: undefined, workedMs: 100 });
    expect(after(...events, did.succeed("a"))).toMatchObject({ workedMs: 200, startedAt: 400, failure: undefined });
  });

  test("that is canceled while it waits for a retry keeps why it failed", () => {
    const canceled = after(did.start("a"), did.retry("a"), did.cancel("a"));
    expect(canceled).toMatchObject({ status: "canceled", failure, reason: "enough", workedMs: 100 });
    expect(canceled.retryAt).toBeUndefined();
  });

  test("adds up what its attempts asked of models, however they ended, and knows nothing where none told", () => {
    const usage = { inputTokens: 10, outputTokens: 1, costUsd: 0.5, model: "small" };
    const retried: StepEvent = { type: "step.retryScheduled", step: "a", attempt: 1, failure, retryAt: 700, usage };
    const more = { inputTokens: 5, outputTokens: 2, turns: 3, model: "large" };
    const ended: StepEvent = { type: "step.failed", step: "a", attempt: 2, failure, usage: more };
    expect(after(did.start("a"), retried).usage).toEqual(usage);
    const both = { inputTokens: 15, outputTokens: 3, costUsd: 0.5, turns: 3, model: "large" };
    expect(after(did.start("a"), retried, did.due("a"), did.start("a", 2), ended).usage).toEqual(both);
    expect(after(did.start("a"), retried, did.due("a"), did.start("a", 2), did.succeed("a")).usage).toEqual(usage);
    expect(after(did.start("a"), did.cancel("a")).usage).toBeUndefined();
  });

  test("never worked a negative time, also when the clock was set back", () => {
    const started = nextStep(after(), did.start("a"), 1_000, 1);
    expect(nextStep(started, did.succeed("a"), 10, 2).workedMs).toBe(0);
  });

  test("is not changed by its next event", () => {
    const before = Object.freeze(after(did.start("a")));
    expect(nextStep(before, did.fail("a"), 300, 2)).not.toBe(before);
    expect(before.status).toBe("running");
  });
});
