/** All that ends a line for any reader. */
const lineEnds = new RegExp(String.raw`\r\n|[\n\r\v\f\x1c-\x1e\x85\u2028\u2029]`, "g");
/** What a terminal or a model may take for more than a letter: controls, half characters, what turns the direction of writing. */
const unfit = /[\p{Cc}\p{Cs}\p{Bidi_Control}]/gu;

/** A text without halves of characters, so that it can be written as UTF-8. */
export function wellFormed(text: string): string {
  return text.replaceAll(/\p{Cs}/gu, "\u{FFFD}");
}

/**
 * A text of others as it can be shown: its lines end in one way, and controls are replaced by signs that show them, so that no escape
 * sequence is left that a terminal would obey. Linear in the text.
 */
export function visibleText(text: string): string {
  return text.replaceAll(lineEnds, "\n").replaceAll(unfit, (character) => {
    if (character === "\n" || character === "\t") return character;
    const code = character.codePointAt(0)!;
    if (code < 0x20) return String.fromCodePoint(0x2400 + code);
    return code === 0x7f ? "\u{2421}" : "\u{FFFD}";
  });
}
