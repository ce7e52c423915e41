import { expect, test } from "vitest";
import { timelineOf } from "runfold";
import type { Event } from "runfold";
import { did, graphOf, record, startedRun } from "./events.ts";

const started = startedRun(graphOf(["a", "b", "c"]));

test("a timeline has every attempt in the order of its start, with how it ended", () => {
  const events: Event[] = [
    started,
    did.start("a"),
    did.start("b"),
    did.retry("a"),
    did.due("a"),
    did.start("a", 2),
    did.timeOut("a"),
    did.fail("b"),
    { type: "run.settled", status: "failed" },
  ];
  expect(timelineOf(record(events))).toEqual({
    startedAt: 100,
    endedAt: 900,
    status: "failed",
    spans: [
      { step: "a", attempt: 1, startedAt: 200, endedAt: 400, ended: "retried" },
      { step: "b", attempt: 1, startedAt: 300, endedAt: 800, ended: "failed" },
      { step: "a", attempt: 2, startedAt: 600, endedAt: 700, ended: "timedOut" },
    ],
  });
});

test("a timeline of a live run shows what runs as open", () => {
  const { endedAt, status, spans } = timelineOf(record([started, did.start("a"), did.start("b"), did.succeed("a")]));
  expect([endedAt, status]).toEqual([undefined, "running"]);
  expect(spans.map(({ step, ended }) => [step, ended])).toEqual([
    ["a", "succeeded"],
    ["b", undefined],
  ]);
});

test("a step that ends without a start has no time, and nothing at all is an empty timeline", () => {
  expect(timelineOf(record([started, did.cancel("a"), did.block("b", "a")])).spans).toEqual([]);
  expect(timelineOf([])).toEqual({ startedAt: undefined, endedAt: undefined, status: undefined, spans: [] });
});
