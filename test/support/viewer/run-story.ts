import type { EventsMessage } from "../../../src/viewer/protocol.ts";
import type { RecordedEvent } from "runfold";
import type { EventReader } from "./event-source.ts";

/** What a page has of a run after what it was sent: it drops all at a restart, as pages are told to. */
export function storyOf({ events }: EventReader): readonly RecordedEvent[] {
  let story: RecordedEvent[] = [];
  for (const { event, data } of events) {
    if (event === "restart") story = [];
    if (event === "events") story.push(...(data as EventsMessage).events);
  }
  return story;
}

export function positionsOf(reader: EventReader): readonly number[] {
  return storyOf(reader).map(({ position }) => position);
}

/** 1 to `last`: what a story without a gap or a repetition counts. */
export function countTo(last: number): readonly number[] {
  return Array.from({ length: last }, (_, index) => index + 1);
}

export function isCaughtUp({ events }: EventReader): boolean {
  const last = events.findLast(({ event }) => event === "events");
  return (last?.data as EventsMessage | undefined)?.isCaughtUp === true;
}
