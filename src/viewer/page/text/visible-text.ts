/** What would steer how text is shown, or would not be seen at all: control characters, directions, halves of characters, tags. */
const unseen = /[\p{Cc}\p{Cs}\p{Bidi_Control}\u00ad\u180e\u200b\u2028\u2029\u2060\ufeff\u{e0000}-\u{e007f}]/gu;
const unseenInLines =
  /(?![\n\t])[\p{Cc}\p{Cs}\p{Bidi_Control}\u00ad\u180e\u200b\u2028\u2029\u2060\ufeff\u{e0000}-\u{e007f}]/gu;

/** Most texts are such, and need no closer look. */
const plain = /^[\u0020-\u007e]*$/;

/** A text of others in one line, with a sign in place of each character that could not be seen. */
export function visibleLine(text: string): string {
  return plain.test(text) ? text : text.replaceAll(unseen, signOf);
}

/** A text of others with its line breaks and tabs. */
export function visibleText(text: string): string {
  return text.replaceAll("\r\n", "\n").replaceAll(unseenInLines, signOf);
}

/** Unicode has pictures of the old control characters; all others are shown by their number. */
function signOf(character: string): string {
  const code = character.codePointAt(0)!;
  if (code < 0x20) return String.fromCodePoint(0x2400 + code);
  if (code === 0x7f) return "\u2421";
  return `\u27e8U+${code.toString(16).toUpperCase().padStart(4, "0")}\u27e9`;
}
