import { recordedEvents } from "../domain/commit.ts";
import type { Commit } from "../domain/commit.ts";
import { RunfoldError } from "../domain/errors.ts";
import type { Event } from "../domain/events.ts";
import type { EpochMs, Position } from "../domain/ids.ts";
import { upcast } from "../machines/upcast.ts";
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
 */
export function* replay(commits: Iterable<Commit>): Generator<Frame, void, void> {
  const view = new RunView();
  for (const commit of commits) {
    for (const { position, at, event } of recordedEvents(upcast(commit), view.position)) {
      view.apply(event, at);
      yield { position, at, event, state: view.snapshot() };
    }
  }
}

/**
 * The run as it was at a position, at least 1. Reads no further than that, and keeps nothing but the one state.
 * @throws `position.invalid` for a position that the journal does not have.
 */
export function stateAt(commits: Iterable<Commit>, position: Position): RunSnapshot {
  const view = new RunView();
  if (isPosition(position))
    for (const commit of commits) if (foldThrough(view, commit, position)) return view.snapshot();
  throw noSuchPosition(position, view.position);
}

/** Folds a commit into a view, but nothing after `position`. Whether the view has come there. */
export function foldThrough(view: RunView, commit: Commit, position: Position): boolean {
  for (const recorded of recordedEvents(upcast(commit), view.position)) {
    if (view.position >= position) break;
    view.apply(recorded.event, recorded.at);
  }
  return view.position >= position;
}

export function isPosition(position: Position): boolean {
  return Number.isSafeInteger(position) && position >= 1;
}

export function noSuchPosition(position: Position, head: Position): RunfoldError {
  const message = `The run has no position ${position}: its journal goes from 1 to ${head}.`;
  return new RunfoldError("position.invalid", message, { details: { position, head } });
}
