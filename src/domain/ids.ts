import { limits } from "./limits.ts";

/** Names a run in a journal: a letter or digit, then letters, digits, `-` and `_`; 1 to 64 characters. Case counts. */
export type RunId = string;

/**
 * Tells the runs apart that had the same id one after the other: unique to one start, whatever was cleaned up before it.
 * Cursors, cleanups and artifacts are bound to it.
 */
export type RunLife = string;

/** Names a step in a graph: a lower-case letter, then lower-case letters, digits and `-`; 1 to 63 characters. */
export type StepId = string;

/** The number of events of a run so far: 0 is before anything, 1 after the first event. */
export type Position = number;

/** A point in time, in milliseconds since 1970-01-01 UTC. */
export type EpochMs = number;

export const stepIdPattern = /^[a-z][a-z0-9-]{0,62}$/;
export const runIdPattern = /^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/;

/** False, too, for what is no text: ids come from programs without types. */
export function isStepId(text: unknown): boolean {
  return typeof text === "string" && text.length <= limits.stepIdCharsMax && stepIdPattern.test(text);
}

/** False, too, for what is no text. */
export function isRunId(text: unknown): boolean {
  return typeof text === "string" && text.length <= limits.runIdCharsMax && runIdPattern.test(text);
}
