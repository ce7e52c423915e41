import { recordedEvents } from "../domain/commit.ts";
import type { Commit } from "../domain/commit.ts";
import { RunfoldError } from "../domain/errors.ts";
import type { Event } from "../domain/events.ts";
import type { EpochMs, Position } from "../domain/ids.ts";
import { quotedValue } from "../domain/quoted-text.ts";
import { followingCommit, unfoldable } from "./foreign-commit.ts";
import type { RunSnapshot } from "./run-snapshot.ts";
import { RunView } from "./run-view.ts";

/** A run as it was right after one of its events. */
export interface Frame {
  readonly position: Position;
  readonly at: EpochMs;
  readonly event: Event;
  /** Shares with the frames before all that the event did not change. */
  readonly state: RunSnapshot;
}

/**
 * Every frame of a journal, oldest first, each made when it is asked for. The commits are read as they are needed, and none is
 * kept; a frame stays as it is for as long as someone holds it.
 * @throws `journal.corrupt`, naming the position, where the commits do not follow one another from the first on, or one cannot be
 * understood; `journal.newer` for a commit of a later version.
 */
export function* replay(commits: Iterable<Commit>): Generator<Frame, void, void> {
  const view = new RunView();
  for (const commit of commits) yield* framesOf(view, commit);
}

/** The frames of the commit that comes next to a view. @throws as {@link replay}. */
export function* framesOf(view: RunView, commit: Commit): Generator<Frame, void, void> {
  for (const { position, at, event } of recordedEvents(followingCommit(commit, view.position), view.position)) {
    let state: RunSnapshot;
    try {
      view.apply(event, at);
      state = view.snapshot();
    } catch (cause) {
      throw unfoldable(position - 1, cause);
    }
    yield { position, at, event, state };
  }
}

/**
 * The run as it was at a position, a whole number from 1 on. Reads no further than that, and keeps nothing but the one state.
 * @throws `position.invalid` for a position that the journal does not have; `journal.corrupt` and `journal.newer` as {@link replay}.
 */
export function stateAt(commits: Iterable<Commit>, position: Position): RunSnapshot {
  refuseNoPosition(position);
  const view = new RunView();
  for (const commit of commits) if (foldThrough(view, commit, position)) return snapshotOf(view);
  throw noSuchPosition(position, view.position);
}

/** Folds the commit that comes next to a view, but nothing after `position`. Whether the view has come there. */
export function foldThrough(view: RunView, commit: Commit, position: Position): boolean {
  for (const recorded of recordedEvents(followingCommit(commit, view.position), view.position)) {
    if (view.position >= position) break;
    try {
      view.apply(recorded.event, recorded.at);
    } catch (cause) {
      throw unfoldable(recorded.position - 1, cause);
    }
  }
  return view.position >= position;
}

/** What an event says may be looked at only when a snapshot is asked for. @throws `journal.corrupt` */
export function snapshotOf(view: RunView): RunSnapshot {
  try {
    return view.snapshot();
  } catch (cause) {
    throw unfoldable(view.position - 1, cause);
  }
}

/** @throws `position.invalid` for what no journal could have. */
export function refuseNoPosition(position: unknown): void {
  if (isPosition(position)) return;
  const shown = quotedValue(position);
  const message = `A position is a whole number from 1 on, not ${shown}.`;
  throw new RunfoldError("position.invalid", message, { details: { position: shown } });
}

export function isPosition(position: unknown): position is Position {
  return typeof position === "number" && Number.isSafeInteger(position) && position >= 1;
}

export function noSuchPosition(position: Position, head: Position): RunfoldError {
  const range = head === 0 ? "its journal is empty" : `its journal goes from 1 to ${head}`;
  const message = `The run has no position ${position}: ${range}.`;
  return new RunfoldError("position.invalid", message, { details: { position, head } });
}
