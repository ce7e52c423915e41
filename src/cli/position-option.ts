import { quotedText } from "../domain/quoted-text.ts";
import { CommandError } from "./errors.ts";
import type { Position } from "../index.ts";

/**
 * The position that `--at` names, at least 1 and, where it is known, at most that of the run's newest event.
 * @throws CommandError `position.invalid`, saying what is possible.
 */
export function positionIn(text: string, newest?: Position): Position {
  const position = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  const isThere = position >= 1 && position <= (newest ?? Number.MAX_SAFE_INTEGER);
  if (isThere) return position;
  const range = newest === undefined ? "from 1" : `from 1 to ${newest}, the run's newest event`;
  throw new CommandError(
    "position.invalid",
    `--at takes a position, a whole number ${range}, not ${quotedText(text)}.`,
  );
}
