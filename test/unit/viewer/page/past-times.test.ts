import { expect, it } from "vitest";
import type { Event, RecordedEvent } from "../../../../src/domain/events.ts";
import { withPastTimes } from "../../../../src/viewer/page/fold/past-times.ts";

function timesOf(...told: readonly (readonly [at: number, type: string])[]): number[] {
  const events = told.map(([at, type], index): RecordedEvent => {
    return { position: index + 1, at, event: { type, step: "a", attempt: 1 } as unknown as Event };
  });
  return [...withPastTimes(events)].map(({ at }) => at);
}

it("ends what a fork's past left under way with the past, however much later the fork begins", () => {
  expect(
    timesOf(
      [0, "run.started"],
      [100, "step.started"],
      [300, "step.progressed"],
      [9_000, "run.forked"],
      [9_000, "step.interrupted"],
      [9_000, "step.interrupted"],
      [9_000, "step.started"],
      [9_500, "step.interrupted"],
    ),
  ).toEqual([0, 100, 300, 9_000, 300, 300, 9_000, 9_500]);
});

it("leaves alone what a recovery interrupts", () => {
  expect(timesOf([0, "run.started"], [100, "step.started"], [900, "run.recovered"], [900, "step.interrupted"])).toEqual(
    [0, 100, 900, 900],
  );
});
