/**
 * What commands print must not steer the terminal that shows it: control characters, and those that turn the direction of
 * writing, are taken out.
 */
const steering = /[\p{Cc}\p{Cs}\u200e\u200f\u202a-\u202e\u2066-\u2069]+/gu;
const steeringInLines = /[^\P{Cc}\n\t]+|[\p{Cs}\u200e\u200f\u202a-\u202e\u2066-\u2069]+/gu;
/** Whole escape sequences first, so that their parameters do not stay behind as text (ECMA-48: CSI, then OSC and its like). */
// oxlint-disable-next-line no-control-regex -- they are what is looked for
const sequences = /\u001b\[[0-?]*[ -/]*[@-~]|\u001b[\]PX^_][^\u0007\u001b]*(?:\u0007|\u001b\\)?|\u001b[ -/]*[0-~]/g;

/** A text as one line. */
export function printable(text: string): string {
  return text.replaceAll(sequences, "").replaceAll(steering, " ").trim();
}

/** A text with its line breaks and tabs. */
export function printableText(text: string): string {
  return text.replaceAll(sequences, "").replaceAll(steeringInLines, "");
}

/** The text cut to a number of columns, with an ellipsis where something is missing. */
export function fitted(text: string, columns: number): string {
  if (columns <= 0) return "";
  if (text.length * 2 <= columns || columnsOf(text) <= columns) return text;
  let taken = "";
  let width = 0;
  for (const character of text) {
    const next = columnsOf(character);
    if (width + next > columns - 1) break;
    taken += character;
    width += next;
  }
  return `${taken.trimEnd()}…`;
}

/** About how many columns a terminal gives to a text. The redrawing does not depend on it being exact. */
export function columnsOf(text: string): number {
  let columns = 0;
  for (const character of text) {
    if (/\p{M}|\u200d/u.test(character)) continue;
    columns += isWide(character.codePointAt(0) ?? 0) ? 2 : 1;
  }
  return columns;
}

/** East Asian wide characters and emoji, by their large blocks (UAX #11). */
function isWide(code: number): boolean {
  if (code < 0x1100) return false;
  return (
    code <= 0x115f ||
    (code >= 0x2e80 && code <= 0xa4cf) ||
    (code >= 0xac00 && code <= 0xd7a3) ||
    (code >= 0xf900 && code <= 0xfaff) ||
    (code >= 0xfe30 && code <= 0xfe6f) ||
    (code >= 0xff00 && code <= 0xff60) ||
    (code >= 0xffe0 && code <= 0xffe6) ||
    (code >= 0x1f300 && code <= 0x1faff) ||
    (code >= 0x20000 && code <= 0x3fffd)
  );
}
