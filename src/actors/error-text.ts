import type { Failure } from "../domain/failure.ts";
import { cutText } from "../domain/cut-text.ts";
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
  return cutText(text, limits.failureMessageCharsMax);
}

/** The failure, with its message cut to what a journal keeps of it. */
export function boundedFailure(failure: Failure): Failure {
  const message = boundedMessage(failure.message);
  return message === failure.message ? failure : { ...failure, message };
}
