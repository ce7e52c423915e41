/** The newest text of a stream, at most so many characters, beginning with a whole one. */
export class OutputTail {
  private readonly charsMax: number;
  private kept = "";

  constructor(charsMax: number) {
    this.charsMax = charsMax;
  }

  add(text: string): void {
    this.kept += text;
    // Cutting at twice the size makes the work proportional to the text, however small its pieces are.
    if (this.kept.length > 2 * this.charsMax) this.kept = lastChars(this.kept, this.charsMax);
  }

  get text(): string {
    return lastChars(this.kept, this.charsMax);
  }
}

/** The end of a text, without half a character at its beginning. */
export function lastChars(text: string, charsMax: number): string {
  if (text.length <= charsMax) return text;
  const start = text.length - charsMax;
  return text.slice(isLowSurrogate(text.charCodeAt(start)) ? start + 1 : start);
}

/** The last whole lines of a text within so many characters; the end of the last line where even that is too long. */
export function lastLines(text: string, charsMax: number): string {
  const trimmed = text.trimEnd();
  const end = lastChars(trimmed, charsMax);
  if (end.length === trimmed.length) return end;
  const firstBreak = end.indexOf("\n");
  return firstBreak === -1 ? end : end.slice(firstBreak + 1);
}

function isLowSurrogate(code: number): boolean {
  return code >= 0xdc00 && code <= 0xdfff;
}
