import { cursorAt, positionOf } from "../domain/cursor.ts";
import { RunfoldError } from "../domain/errors.ts";
import { textHash } from "../domain/text-hash.ts";
import type { Cursor, Position, RunSnapshot, StepId } from "../index.ts";

/**
 * How far a reader has come. Waiting and the listing of events have a place each, because a status tells how things stand and shows no
 * event: whoever mixes both must miss none.
 */
export interface ReadingPlace {
  /** The next wait goes on from here. */
  readonly wait: Position;
  /** The events up to here have been listed, or passed over by the filter. */
  readonly page: Position;
  /** Where the filter began: another filter goes on from here, since what was passed over for this one may be meant for that one. */
  readonly base: Position;
  readonly filter: StepId | undefined;
}

/** An opaque token for a place; that of a plain place is a cursor of the run itself. */
export function teamCursor(run: RunSnapshot, place: ReadingPlace): Cursor {
  const { wait, page, base, filter } = place;
  const cursor = cursorAt(run.id, run.life, wait);
  if (page === wait && base === wait && filter === undefined) return cursor;
  const token = `${cursor}.${page.toString(36)}.${base.toString(36)}.${filter ?? ""}`;
  return `${token}.${checkOf(run, token)}`;
}

/**
 * The place of a token.
 * @throws `cursor.invalid` for one that is not of this run, was changed, or lies beyond its events.
 */
export function placeOf(cursor: string, run: RunSnapshot): ReadingPlace {
  const { id, life, position: head } = run;
  const parts = cursor.split(".");
  if (parts.length === 3) {
    const wait = positionOf(cursor, id, life, head);
    return { wait, page: wait, base: wait, filter: undefined };
  }
  const check = parts.pop();
  const token = parts.join(".");
  const [page, base, filter] = parts.splice(3);
  // Whether it is a cursor at all, and of which run, is told by its first part.
  const wait = positionOf(parts.join("."), id, life, head);
  const place = { wait, page: numberOf(page), base: numberOf(base), filter: filter === "" ? undefined : filter };
  if (check !== checkOf(run, token) || !(place.base <= place.page && place.page <= head)) {
    const message = `The cursor was refused for run ${id}: it was changed. Read the run's status to get a new one.`;
    throw new RunfoldError("cursor.invalid", message, { details: { run: id } });
  }
  return place;
}

function numberOf(digits: string | undefined): number {
  return Number.parseInt(digits ?? "", 36);
}

/** As in the run's own cursors: against mistakes, not against forgery. */
function checkOf({ id, life }: RunSnapshot, token: string): string {
  return textHash(`${id}\n${life}\n${token}`).slice(0, 8);
}
