import * as fc from "fast-check";
import { expect, it } from "vitest";
import { viewerPageLimits } from "../../../../src/domain/viewer-page-limits.ts";
import { RunView } from "../../../../src/projections/run-view.ts";
import { EventLog } from "../../../../src/viewer/page/fold/event-log.ts";
import { FrameStore } from "../../../../src/viewer/page/fold/frame-store.ts";
import { layeredStory, releaseStory } from "../../../support/viewer/stories.ts";
import { tellRun } from "../../../support/viewer/told-run.ts";

const events = tellRun(releaseStory());
const long = tellRun(layeredStory(300, 30));

/** A frame as the library's own view folds it, from nothing. */
function folded(journal: typeof events, position: number): string {
  const view = new RunView();
  for (const { event, at } of journal.slice(0, position)) view.apply(event, at);
  return JSON.stringify(view.snapshot());
}

it("gives at any position what folding from the first event gives, in whatever order they are asked for", () => {
  const positions = fc.array(fc.integer({ min: 1, max: long.length }), { minLength: 1, maxLength: 6 });
  fc.assert(
    fc.property(positions, (asked) => {
      const log = new EventLog("life");
      log.append(long);
      const frames = new FrameStore(log);
      for (const position of asked) expect(JSON.stringify(frames.at(position))).toBe(folded(long, position));
    }),
    { numRuns: 12 },
  );
});

it("folds no more than the events between two kept folds to go back, wherever the slider stands", () => {
  const journal = tellRun(layeredStory(1_000, 100));
  const log = new EventLog("life");
  log.append(journal);
  const frames = new FrameStore(log);
  frames.at(journal.length);
  expect(frames.folded).toBe(journal.length);
  const most = Math.max(viewerPageLimits.viewerCheckpointEvents, 1_000);
  for (const position of [journal.length - 1, journal.length - 2, 2_000, 1_999, 12, 1, journal.length, 1_500]) {
    const before = frames.folded;
    frames.at(position);
    expect(frames.folded - before, `at ${position}`).toBeLessThanOrEqual(most);
  }
});

it("goes on as events come, and has no frame of a position that is not there", () => {
  const log = new EventLog("life");
  const frames = new FrameStore(log);
  expect(frames.at(0)).toBeUndefined();
  expect(frames.at(1)).toBeUndefined();
  log.append(events.slice(0, 10));
  expect(frames.at(10)?.position).toBe(10);
  expect(frames.at(11)).toBeUndefined();
  log.append(events.slice(5, 30));
  expect(JSON.stringify(frames.at(30))).toBe(folded(events, 30));
});

it("takes no event twice, and tells of a gap", () => {
  const log = new EventLog("life");
  expect(log.append(events.slice(0, 5))).toEqual({ hasGap: false });
  expect(log.append(events.slice(2, 8))).toEqual({ hasGap: false });
  expect(log.head).toBe(8);
  expect(log.append(events.slice(9, 12))).toEqual({ hasGap: true });
  expect(log.head).toBe(8);
  expect([...log.until(3)].map(({ position }) => position)).toEqual([1, 2, 3]);
});

it("shows the run up to an event that it does not understand, and no further, from wherever it comes", () => {
  const later = { type: "step.levitated", step: "nobody" } as unknown as (typeof events)[number]["event"];
  const log = new EventLog("life");
  log.append(events.map((recorded) => (recorded.position === 20 ? { ...recorded, event: later } : recorded)));
  const frames = new FrameStore(log);
  expect(frames.brokenAt).toBeUndefined();
  expect(frames.at(events.length)?.position).toBe(19);
  expect(frames.brokenAt).toBe(20);
  expect(JSON.stringify(frames.at(19))).toBe(folded(events, 19));
  expect(JSON.stringify(frames.at(7))).toBe(folded(events, 7));
});
