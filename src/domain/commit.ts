import type { Event, RecordedEvent } from "./events.ts";
import type { Input } from "./inputs.ts";
import type { EpochMs, Position } from "./ids.ts";

/**
 * The version of a commit: of its shape, and of the machines that decided it. Older shapes are lifted when they are read
 * (`machines/upcast.ts`), older decisions are re-decided as they were then (`machines/replay-changes.ts`), newer ones are refused.
 */
export const commitSchema = 3;

/** One input with all the events it caused: what the journal appends, atomically. */
export interface Commit {
  /** The version that it was written with, also once it has been lifted. */
  readonly schema: number;
  /** The run's position once this commit is applied: that of its last event. */
  readonly position: Position;
  readonly at: EpochMs;
  readonly input: Input;
  /** Never empty: an input that causes nothing is not recorded. */
  readonly events: readonly Event[];
}

/** The position before the commit's first event. */
export function commitStart(commit: Commit): Position {
  return commit.position - commit.events.length;
}

/** The commit's events after a position, each at its own. */
export function* recordedEvents(commit: Commit, after: Position): Generator<RecordedEvent> {
  const start = commitStart(commit);
  for (let index = Math.max(0, after - start); index < commit.events.length; index++) {
    yield { position: start + index + 1, at: commit.at, event: commit.events[index]! };
  }
}
