import { describe, expect, it } from "vitest";
import { reasonText, saidByEvent, saidByStep } from "../../../src/surfaces/said.ts";
import type { Event, StepSnapshot } from "../../../src/index.ts";

const reason = "wrong\u001b[31m branch\u001b[0m\nagain";
const clean = "wrong branch again";

describe("the reason of a cancel", () => {
  it("is cleaned the same way for the run and for its steps", () => {
    const run: Event = { type: "run.cancelRequested", reason, force: false };
    const step: Event = { type: "step.canceled", step: "a", attempt: 1, reason };
    expect(reasonText(reason)).toBe(clean);
    expect(saidByEvent(run)).toBe(`cancel requested: ${clean}`);
    expect(saidByEvent(step)).toBe(`canceled: ${clean}`);
    const snapshot = { status: "canceled", reason, activity: "canceled: wrong [31m branch" } as Partial<StepSnapshot>;
    expect(saidByStep(snapshot as StepSnapshot)).toBe(`canceled: ${clean}`);
  });

  it("is cut where a step's would be", () => {
    expect(reasonText("x".repeat(500))).toHaveLength(180);
  });
});
