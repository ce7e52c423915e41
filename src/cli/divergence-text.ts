import { timeText } from "./durations.ts";
import { printable } from "./printable.ts";
import type { Style } from "./terminal.ts";
import type { Divergence, Event, RunId } from "../index.ts";

/** Of a JSON text so many characters are shown, of which so many stand before the first that differs. */
const shownCharsMax = 600;
const leadCharsMax = 200;

/** What differs first, for people: where, what came in, what the journal says came of it, and what comes of it today. */
export function divergenceLines(run: RunId, divergence: Divergence, commits: number, style: Style): readonly string[] {
  const { position, at, schema, input, expected, actual, index, message } = divergence;
  const before = commits === 1 ? "1 commit is" : `${commits} commits are`;
  const recorded = jsonOf(expected[index]);
  const decided = jsonOf(actual[index]);
  const from = firstDifference(recorded, decided);
  return [
    `Run ${run}: ${style.red("not as recorded")} at position ${position + index + 1}, ${timeText(at)}. ${printable(message)}`,
    `  input     ${cut(JSON.stringify(input), 0)}`,
    `  expected  ${cut(recorded, from)}`,
    `  actual    ${cut(decided, from)}`,
    style.dim(`  ${before} as recorded before it, up to position ${position}; version ${schema} wrote this one.`),
  ];
}

function jsonOf(event: Event | undefined): string {
  return event === undefined ? "(no event)" : JSON.stringify(event);
}

function firstDifference(one: string, other: string): number {
  let index = 0;
  while (index < one.length && one[index] === other[index]) index++;
  return index;
}

/** The part of a long text around a place that matters; what is left out is counted. */
function cut(text: string, place: number): string {
  if (text.length <= shownCharsMax) return printable(text);
  const start =
    place + shownCharsMax - leadCharsMax <= text.length
      ? Math.max(0, place - leadCharsMax)
      : text.length - shownCharsMax;
  const end = Math.min(text.length, start + shownCharsMax);
  const lead = start === 0 ? "" : `… ${start} characters … `;
  const rest = end === text.length ? "" : ` … ${text.length - end} more characters`;
  return `${lead}${printable(text.slice(start, end))}${rest}`;
}
