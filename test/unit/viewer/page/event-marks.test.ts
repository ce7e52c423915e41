import { expect, it } from "vitest";
import { eventMarksOf } from "../../../../src/viewer/page/fold/event-marks.ts";
import { releaseStory } from "../../../support/viewer/stories.ts";
import { tellRun } from "../../../support/viewer/told-run.ts";

const events = tellRun(releaseStory());

it("gives every millisecond and every failure of the run to one part of the strip", () => {
  for (const parts of [1, 7, 100, 1_000]) {
    const { passedMs, hasFailure } = eventMarksOf((position) => events[position - 1], events.length, parts);
    expect(passedMs).toHaveLength(parts);
    expect(passedMs.reduce((sum, ms) => sum + ms, 0)).toBe(events.at(-1)!.at - events[0]!.at);
    const failed = events.filter(({ event }) => /failed|timedOut|retryScheduled/.test(event.type)).length;
    expect(hasFailure.filter(Boolean).length).toBe(Math.min(parts, failed));
  }
});

it("has nothing to show of a run without events", () => {
  expect(eventMarksOf(() => undefined, 0, 3)).toEqual({ passedMs: [0, 0, 0], hasFailure: [false, false, false] });
});
