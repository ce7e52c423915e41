import type { Commit } from "../../domain/commit.ts";

/**
 * A commit as text, and back. Pure: the same commit gives the same text.
 *
 * An input often carries the very payload that one of its events carries (the graph of a start, the output of a success). Such
 * a payload is written once, in the event: the body is then `[commit, shared]`, where the input's field holds 0 and `shared`
 * names the event that has the value. Field order is kept, so what is decoded is equal as JSON text, too.
 */
type Shared = readonly (readonly [field: string, event: number])[];
type Fields = { [field: string]: unknown };

/** Shorter texts cost less than naming where they stand. */
const sharedTextCharsMin = 32;

export function encodeCommit(commit: Commit): string {
  const input: Fields = commit.input;
  const shared: [string, number][] = [];
  for (const field of Object.keys(input)) {
    if (!isPayload(input[field]) || field === "__proto__") continue;
    const event = commit.events.findIndex((candidate: Fields) => candidate[field] === input[field]);
    if (event !== -1) shared.push([field, event]);
  }
  if (shared.length === 0) return JSON.stringify(commit);
  const lean = { ...input };
  for (const [field] of shared) lean[field] = 0;
  return JSON.stringify([{ ...commit, input: lean }, shared]);
}

/** @throws SyntaxError or TypeError for a text that {@link encodeCommit} did not make. */
export function decodeCommit(text: string): Commit {
  const body: Commit | [Commit, Shared] = JSON.parse(text);
  if (!Array.isArray(body)) return body;
  const [commit, shared] = body;
  const input: Fields = commit.input;
  for (const [field, index] of shared) {
    const event: Fields = commit.events[index]!;
    input[field] = event[field];
  }
  return commit;
}

/** Equal strings cost a comparison of their characters at worst; objects are compared by identity alone. */
function isPayload(value: unknown): boolean {
  return typeof value === "string" ? value.length >= sharedTextCharsMin : typeof value === "object" && value !== null;
}
