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

/** What an exception says, whatever it is. */
export function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
