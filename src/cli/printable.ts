/** What commands print must not steer the terminal that shows it. */
export { printable, printableText } from "../domain/printable.ts";

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
