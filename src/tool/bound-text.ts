import { wellFormed } from "./clean-text.ts";

export interface BoundedText {
  readonly text: string;
  readonly isTruncated: boolean;
}

const note = "\n[truncated]";
const noteBytes = Buffer.byteLength(note);

/** The longest beginning of a text that has at most so many bytes as UTF-8; it ends with a whole character. Looks at no more of the text. */
export function headOfBytes(text: string, bytesMax: number): string {
  // Every UTF-16 unit has at least one byte, so what lies beyond cannot fit; nor can half a pair that the slice may leave at its end.
  const head = wellFormed(text.slice(0, bytesMax));
  return head.slice(0, new TextEncoder().encodeInto(head, new Uint8Array(bytesMax)).read);
}

/** A text within a budget, the note that it was cut included. Where not even the note fits, it is cut without one. */
export function boundText(text: string, bytesMax: number): BoundedText {
  if (text.length <= bytesMax && Buffer.byteLength(text) <= bytesMax)
    return { text: wellFormed(text), isTruncated: false };
  if (bytesMax <= noteBytes) return { text: headOfBytes(text, bytesMax), isTruncated: true };
  return { text: headOfBytes(text, bytesMax - noteBytes) + note, isTruncated: true };
}

/**
 * Splits a budget over several texts: each gets an equal share of what is left, and what one does not need goes on to the next ones.
 */
export function boundTexts(texts: readonly string[], bytesMax: number): BoundedText[] {
  let left = bytesMax;
  return texts.map((text, index) => {
    const bounded = boundText(text, Math.floor(left / (texts.length - index)));
    left -= Buffer.byteLength(bounded.text);
    return bounded;
  });
}
