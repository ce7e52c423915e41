import { describe, expect, it } from "vitest";
import {
  wireEvent,
  wireMessage,
  wireReceipt,
  wireRunStatus,
  wireStatus,
  wireSummary,
} from "../../../src/surfaces/wire.ts";
import type { CursoredEvent } from "../../../src/actors/run-events.ts";
import { stepStatuses } from "../../../src/domain/status.ts";
import { failed, recorded, snapshotAfter, startAt, started, startOf, type Timed } from "../cli/sample-run.ts";

const timedOut: Timed[] = [
  [0, startOf([{}, { needs: ["s0"] }])],
  [1, started("s0")],
  [3, { type: "step.timedOut", step: "s0", attempt: 1, failure: { kind: "timedOut", message: "Too slow." } }],
  [3, { type: "step.blocked", step: "s1", by: [{ step: "s0", status: "timedOut" }] }],
  [3, { type: "run.settled", status: "failed" }],
];

/** What a reader of the line gets. */
function onWire(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value));
}

describe("a status on the wire", () => {
  it("is written as inside, but for a step that timed out", () => {
    expect(stepStatuses.map(wireStatus)).toEqual(
      stepStatuses.map((status) => (status === "timedOut" ? "timed_out" : status)),
    );
  });

  it("is timed_out wherever a status stands, in counts and in what blocks", () => {
    const run = snapshotAfter(timedOut);
    expect(onWire(wireRunStatus(run))).toEqual({
      run: {
        id: "run-1",
        name: "sample",
        objective: "Be shown.",
        status: "failed",
        isEnded: true,
        startedAt: startAt,
        updatedAt: startAt + 3_000,
        endedAt: startAt + 3_000,
        deadlineAt: startAt + 3_600_000,
        activity: "failed",
        position: 5,
        counts: { pending: 0, running: 0, succeeded: 0, failed: 0, blocked: 1, timed_out: 1, canceled: 0 },
        sinks: ["s1"],
        owner: { host: "here", pid: 42 },
      },
      steps: [
        {
          id: "s0",
          status: "timed_out",
          attempt: 1,
          startedAt: startAt + 1_000,
          endedAt: startAt + 3_000,
          workedMs: 2_000,
          activity: "timed out: Too slow.",
          failure: { kind: "timedOut", message: "Too slow." },
        },
        {
          id: "s1",
          status: "blocked",
          attempt: 0,
          needs: ["s0"],
          endedAt: startAt + 3_000,
          workedMs: 0,
          activity: "blocked by s0 (timed out)",
          blockedBy: [{ step: "s0", status: "timed_out" }],
        },
      ],
      cursor: run.cursor,
    });
  });

  it("stands in events, whose types stay those of the journal", () => {
    const [, , ended, blocked] = recorded(timedOut).map((event): CursoredEvent => ({ ...event, cursor: "c" }));
    expect(onWire(wireEvent(ended!))).toMatchObject({ position: 3, event: { type: "step.timedOut" } });
    expect(onWire(wireEvent(blocked!))).toEqual({
      position: 4,
      cursor: "c",
      at: startAt + 3_000,
      event: { type: "step.blocked", step: "s1", by: [{ step: "s0", status: "timed_out" }] },
    });
  });
});

describe("the line of status", () => {
  it("shows one step where it was asked for one, and what a wait brought", () => {
    const run = snapshotAfter([
      [0, startOf([{}, {}])],
      [1, failed("s1", "no")],
    ]);
    const receipt = {
      woke: "timeout" as const,
      isImmediate: false,
      event: undefined,
      events: [],
      omittedEvents: 0,
      before: "a",
      cursor: "b",
      position: 2,
      run,
    };
    const line = onWire(wireRunStatus(run, { step: run.steps.get("s1"), receipt, ownerState: "alive" }));
    expect(line).toMatchObject({ run: { owner: { state: "alive" } }, steps: [{ id: "s1", status: "failed" }] });
    expect(line).toHaveProperty("wait", onWire(wireReceipt(receipt)));
    expect(onWire(wireReceipt(receipt))).not.toHaveProperty("run");
  });

  it("has the same words for a run in a list of runs", () => {
    const steps = { total: 1, running: 1, ended: 0, succeeded: 0 };
    const summary = {
      id: "r",
      life: "l",
      name: "g",
      objective: "o",
      status: "running",
      startedAt: 1,
      updatedAt: 2,
      steps,
    } as const;
    expect(onWire(wireSummary(summary))).toEqual(summary);
    expect(onWire(wireSummary(summary, "gone"))).toEqual({ ...summary, owner: { state: "gone" } });
  });
});

describe("what agents used, and what was said to them", () => {
  it("stands with the step and with the run, and nowhere where nobody told", () => {
    const usage = { inputTokens: 7, outputTokens: 2, costUsd: 0.25 };
    const run = snapshotAfter([
      [0, startOf([{}, {}])],
      [1, started("s0")],
      [2, { type: "step.succeeded", step: "s0", attempt: 1, output: { value: 1 }, usage }],
    ]);
    const line = onWire(wireRunStatus(run)) as { readonly run: object; readonly steps: readonly object[] };
    expect(line).toMatchObject({ run: { usage }, steps: [{ usage }, {}] });
    expect(line.steps[1]).not.toHaveProperty("usage");
  });

  it("gives a message its number, and leaves out what it has not", () => {
    const receipt = {
      step: "a",
      channel: "steer",
      key: undefined,
      message: 3,
      reason: undefined,
      isReused: false,
    } as const;
    expect(onWire(wireMessage({ ...receipt, status: "accepted" }))).toEqual({
      number: 3,
      step: "a",
      channel: "steer",
      status: "accepted",
      isReused: false,
    });
  });
});
