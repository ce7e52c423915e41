import { limits } from "../domain/limits.ts";

/** What someone threw, as a text of bounded length. Anything can be thrown, so nothing here may throw. */
export function textOf(thrown: unknown): string {
  let text: string;
  try {
    text = thrown instanceof Error ? `${thrown.name}: ${thrown.message}` : String(thrown);
  } catch {
    text = "a value that cannot be shown";
  }
  return boundedMessage(text);
}

/** A message of a failure or a diagnostic, with a mark where it was cut. */
export function boundedMessage(text: string): string {
  return cut(text, limits.failureMessageCharsMax);
}

/** A text of at most so many characters, with a mark where it was cut; not within a surrogate pair. */
export function cut(text: string, charsMax: number): string {
  if (text.length <= charsMax) return text;
  const head = text.slice(0, charsMax - 1);
  return `${/[\uD800-\uDBFF]$/.test(head) ? head.slice(0, -1) : head}…`;
}
