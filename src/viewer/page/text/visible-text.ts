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

/** The short names of the old control characters, by their number. */
const names =
  "NUL SOH STX ETX EOT ENQ ACK BEL BS TAB LF VT FF CR SO SI DLE DC1 DC2 DC3 DC4 NAK SYN ETB CAN EM SUB ESC FS GS RS US".split(
    " ",
  );

/** By its name or its number, in letters that every font has. */
function signOf(character: string): string {
  const code = character.codePointAt(0)!;
  const name = code === 0x7f ? "DEL" : names[code];
  return `\u27e8${name ?? `U+${code.toString(16).toUpperCase().padStart(4, "0")}`}\u27e9`;
}
