import { RunfoldError } from "./errors.ts";
import type { Position, RunId, RunLife } from "./ids.ts";

/** An opaque token for a place in one run's journal. Hand it back unchanged; compare it by equality alone. */
export type Cursor = string;

const prefix = "c1";

/**
 * The cursor of a position. The check part binds it to this very run: a later run of the same id, and any other
 * run, refuses it.
 */
export function cursorAt(run: RunId, life: RunLife, position: Position): Cursor {
  return `${prefix}.${position.toString(36)}.${checkOf(run, life, position)}`;
}

/**
 * The position of a cursor.
 * @throws `cursor.invalid` for a token that is not a cursor of this run, or that lies beyond `head`. It is never guessed.
 */
export function positionOf(cursor: Cursor, run: RunId, life: RunLife, head: Position): Position {
  const parts = cursor.split(".");
  const [kind, digits = "", check] = parts;
  const position = /^[0-9a-z]{1,11}$/.test(digits) ? Number.parseInt(digits, 36) : Number.NaN;
  // A number has one spelling: with a zero in front it is not what was handed out.
  const isSpelled = Number.isSafeInteger(position) && position.toString(36) === digits;
  if (parts.length !== 3 || kind !== prefix || !isSpelled) throw invalid(cursor, run, "it is not a cursor");
  if (check !== checkOf(run, life, position)) {
    throw invalid(cursor, run, "it belongs to another run, or was changed");
  }
  if (position > head) throw invalid(cursor, run, "it lies beyond the end of the run's journal");
  return position;
}

function invalid(cursor: Cursor, run: RunId, why: string): RunfoldError {
  const shown = cursor.length > 60 ? `${cursor.slice(0, 60)}…` : cursor;
  return new RunfoldError(
    "cursor.invalid",
    `The cursor ${JSON.stringify(shown)} was refused for run ${run}: ${why}. Read the run's status to get a new one.`,
    { details: { run, cursor: shown } },
  );
}

/** FNV-1a over the parts (http://www.isthe.com/chongo/tech/comp/fnv/): guards against mistakes, not against forgery. */
function checkOf(run: RunId, life: RunLife, position: Position): string {
  let hash = 0x811c9dc5;
  for (const character of `${run}\n${life}\n${position}`) {
    hash = Math.imul(hash ^ character.codePointAt(0)!, 0x01000193);
  }
  return (hash >>> 0).toString(36);
}
