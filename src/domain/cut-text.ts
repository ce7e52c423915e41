/** The first `charsMax` UTF-16 units of a text, or one less where the last would be half a character. */
export function headOf(text: string, charsMax: number): string {
  if (text.length <= charsMax) return text;
  const head = text.slice(0, charsMax);
  return /[\uD800-\uDBFF]$/.test(head) ? head.slice(0, -1) : head;
}

/** A text that is cut with a mark where it is longer than `charsMax`. */
export function cutText(text: string, charsMax: number): string {
  return text.length <= charsMax ? text : `${headOf(text, charsMax - 1)}…`;
}

/** Room for white space that goes: this many times what is kept of a text is looked at. */
const blankRoom = 4;

/** A text in one line of at most `charsMax` characters. Of a text of any length only the beginning is looked at. */
export function oneLine(text: string, charsMax: number): string {
  const read = charsMax * blankRoom;
  const line = text.slice(0, read).replaceAll(/\s+/g, " ").trim();
  return text.length > read ? cutText(`${line}…`, charsMax) : cutText(line, charsMax);
}
