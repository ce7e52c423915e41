import { describe, expect, it } from "vitest";
import type { Commit } from "../../../src/domain/commit.ts";
import { commitSchema, commitStart, recordedEvents } from "../../../src/domain/commit.ts";
import type { Event } from "../../../src/domain/events.ts";

const event = (message: string): Event => ({ type: "diagnostic.recorded", code: "test", severity: "info", message });
const events = [event("fifth"), event("sixth"), event("seventh")];
const commit: Commit = { schema: commitSchema, position: 7, at: 99, input: { type: "run.expire" }, events };

describe("a commit", () => {
  it("begins after the position before its first event", () => {
    expect(commitStart(commit)).toBe(4);
  });

  it("gives each event its own position, the last one that of the commit", () => {
    expect([...recordedEvents(commit, 0)]).toEqual([
      { position: 5, at: 99, event: events[0] },
      { position: 6, at: 99, event: events[1] },
      { position: 7, at: 99, event: events[2] },
    ]);
  });

  it.each([
    [0, [5, 6, 7]],
    [3, [5, 6, 7]],
    [4, [5, 6, 7]],
    [5, [6, 7]],
    [6, [7]],
    [7, []],
    [8, []],
  ] as const)("gives the events after position %i alone", (after, positions) => {
    expect([...recordedEvents(commit, after)].map(({ position }) => position)).toEqual(positions);
  });
});
