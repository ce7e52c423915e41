import { headOf } from "./cut-text.ts";

/**
 * What is printed, or shown to a model, must not steer whoever shows it: control characters, halves of characters, and those that turn the
 * direction of writing are taken out.
 */
const steering = /[\p{Cc}\p{Cs}\p{Bidi_Control}]+/gu;
const steeringInLines = /[^\P{Cc}\n\t]+|[\p{Cs}\p{Bidi_Control}]+/gu;
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

/** A text as one line of at most `charsMax` UTF-16 units, cut between characters. Of a text of any length only the beginning is looked at. */
export function printableLine(text: string, charsMax: number): string {
  const looked = charsMax * 4;
  const line = printable(text.slice(0, looked)).replaceAll(/\s+/gu, " ");
  return line.length > charsMax || text.length > looked ? `${headOf(line, charsMax - 1)}…` : line;
}
