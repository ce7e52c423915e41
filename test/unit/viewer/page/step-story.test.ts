import { expect, it } from "vitest";
import type { RecordedEvent } from "../../../../src/domain/events.ts";
import type { Span } from "../../../../src/projections/timeline.ts";
import { viewerPageLimits } from "../../../../src/domain/viewer-page-limits.ts";
import { stepStoryOf } from "../../../../src/viewer/page/fold/step-story.ts";
import { RunModel } from "../../../../src/viewer/page/state/run-model.ts";
import { releaseStory } from "../../../support/viewer/stories.ts";
import { tellRun } from "../../../support/viewer/told-run.ts";

function eventsOf(step: string): RecordedEvent[] {
  return tellRun(releaseStory()).filter(({ event }) => "step" in event && event.step === step);
}

/** As the page shows them, from its timeline. */
function attemptsOf(step: string): readonly Span[] {
  const model = new RunModel("r1");
  model.take(tellRun(releaseStory()));
  model.show();
  model.select(step);
  return model.attempts.value;
}

function textEvents(...reports: readonly { text: string; omittedChars?: number }[]): RecordedEvent[] {
  return reports.map((report, index) => ({
    position: index + 1,
    at: index,
    event: {
      type: "step.progressed",
      step: "s",
      attempt: 1,
      report: { kind: "text", stream: "stdout", totalChars: 9_000, ...report },
    },
  }));
}

it("tells what an agent said, was told, used and gave", () => {
  const story = stepStoryOf(eventsOf("review-server"));
  expect(story.tails.map(({ text }) => text).join("")).toContain("drops an index");
  expect(story.told.map(({ line }) => line)).toHaveLength(3);
  expect(story.messages).toMatchObject([
    { status: "consumed", text: "Look at the migration of the sessions table first." },
  ]);
  expect(story.output).toMatchObject({ isPartial: false });
  expect(attemptsOf("review-server")).toMatchObject([{ attempt: 1, ended: "succeeded" }]);
});

it("begins anew with each attempt, and keeps all of them", () => {
  const events = eventsOf("test-sdk");
  expect(attemptsOf("test-sdk").map(({ ended }) => ended)).toEqual(["retried", "failed"]);
  const again = events.findLastIndex(({ event }) => event.type === "step.started");
  expect(stepStoryOf(events.slice(0, again + 1)).tails).toEqual([]);
});

it("marks what was cut on its way, and counts what it has no room for", () => {
  const [tail] = stepStoryOf(textEvents({ text: "first" }, { text: "last", omittedChars: 12 })).tails;
  expect(tail).toMatchObject({ text: "first\n… 12 characters were left out …\nlast", cutChars: 0 });
  const max = viewerPageLimits.viewerTailCharsMax;
  const [long] = stepStoryOf(textEvents({ text: "a".repeat(max) }, { text: "b".repeat(100) })).tails;
  expect(long!.text).toHaveLength(max);
  expect(long!.text.endsWith(`a${"b".repeat(100)}`)).toBe(true);
  expect(long!.cutChars).toBe(100);
});

it("keeps the newest of what was told, and counts the rest", () => {
  const notes = Array.from({ length: viewerPageLimits.viewerToldLinesMax + 7 }, (_, index): RecordedEvent => ({
    position: index + 1,
    at: index,
    event: { type: "step.progressed", step: "s", attempt: 1, report: { kind: "note", message: `note ${index}` } },
  }));
  const story = stepStoryOf(notes);
  expect(story.told).toHaveLength(viewerPageLimits.viewerToldLinesMax);
  expect(story.toldBefore).toBe(7);
  expect(story.told.at(-1)!.line).toBe(`note ${notes.length - 1}`);
});
