import { cursorAt } from "../domain/cursor.ts";
import type { Event, Position, RecordedEvent, Run, RunSnapshot, StepId } from "../index.ts";
import { headOfBytes } from "./bound-text.ts";
import { wellFormed } from "./clean-text.ts";
import type { TeamEvent } from "./team-details.ts";
import { teamEvent } from "./team-events.ts";

export interface EventPage {
  readonly events: readonly TeamEvent[];
  /** The last event that was listed, or passed over by the filter. */
  readonly position: Position;
  readonly hasMore: boolean;
}

/**
 * The events after a position up to a snapshot, as many as a budget of bytes allows: the sum of their JSON. The first is always among
 * them, without its preview where that is too long, so that every page gets on; the next page begins where this one ended.
 */
export async function eventPage(
  run: Run,
  snapshot: RunSnapshot,
  after: Position,
  filter: StepId | undefined,
  bytesMax: number,
): Promise<EventPage> {
  const events: TeamEvent[] = [];
  let position = after;
  let bytes = 0;
  if (after >= snapshot.position) return { events, position, hasMore: false };
  const reading = after === 0 ? {} : { after: cursorAt(run.id, snapshot.life, after) };
  for await (const recorded of run.events(reading)) {
    if (isWanted(recorded, filter)) {
      const event = fitting(teamEvent(recorded, snapshot), bytesMax);
      const size = sizeOf(event);
      if (events.length > 0 && bytes + size > bytesMax) return { events, position, hasMore: true };
      events.push(event);
      bytes += size;
    }
    position = recorded.position;
    if (position >= snapshot.position) break;
  }
  return { events, position, hasMore: false };
}

/** A filter keeps the events of its step, and those of the run that concern all steps. */
function isWanted({ event }: RecordedEvent, filter: StepId | undefined): boolean {
  if (filter === undefined) return true;
  const isForAll = ["run.settled", "run.cancelRequested", "run.expired"].includes(event.type);
  return isForAll || stepOf(event) === filter;
}

function stepOf(event: Event): StepId | undefined {
  return "step" in event ? event.step : undefined;
}

const suffix = "…";

/** An event with as much of its preview as a budget leaves it, or without one. */
function fitting(event: TeamEvent, bytesMax: number): TeamEvent {
  const whole = event.preview === undefined ? event : { ...event, preview: wellFormed(event.preview) };
  if (sizeOf(whole) <= bytesMax || whole.preview === undefined) return whole;
  const { preview, ...bare } = whole;
  const fits = (length: number): TeamEvent => ({ ...bare, preview: headOfBytes(preview, length) + suffix });
  // Escapes make the JSON longer than the text, so the longest beginning that fits is searched for.
  let [low, high] = [0, Buffer.byteLength(preview)];
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (sizeOf(fits(middle)) <= bytesMax) low = middle;
    else high = middle - 1;
  }
  return low === 0 ? bare : fits(low);
}

function sizeOf(event: TeamEvent): number {
  return Buffer.byteLength(JSON.stringify(event));
}
