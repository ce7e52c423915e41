import type { StepId } from "../../../domain/ids.ts";

/** What stands between two markers. */
export type MarkedPart = "output" | "partial output" | "failure";

/** Around text of a step that is somebody else's to write, so that a reader can tell where it begins and ends. */
export function marked(part: MarkedPart, step: StepId, text: string): string {
  return `<<<runfold ${part} of ${step} begins>>>\n${escapeMarkers(text)}\n<<<runfold ${part} of ${step} ends>>>`;
}

/** All that ends a line for any reader: those of Unicode, and what some languages take for one. */
const lineEnds = "\\n\\r\\v\\f\\x1c-\\x1e\\x85\\u2028\\u2029";
/** What cannot be seen at the start of a line or between the letters of a word. Matches no line end. */
const unseen = `(?:(?![${lineEnds}])[\\s\\p{Cf}\\p{Cc}\\p{Mn}])`;
const word = Array.from("runfold").join(`${unseen}*`);
/** Angle brackets, and what is easily taken for one. */
const bracket = "[<\\uff1c\\ufe64\\u2039\\u00ab\\u3008\\u300a\\u27e8\\u27ea\\u276e\\u2770\\u226a]";
const lookAlike = new RegExp(`(^|[${lineEnds}])(${unseen}*)(?=${bracket}(?:${bracket}|${unseen})*${word})`, "giu");

/**
 * Puts a backslash before whatever looks like a marker at the start of a line, so that no text can end the part it stands in or begin one
 * of another step. Takes time in proportion to the text.
 */
export function escapeMarkers(text: string): string {
  return text.replace(lookAlike, "$1$2\\");
}
