import type { Commit } from "../domain/commit.ts";
import type { Position } from "../domain/ids.ts";
import { foldThrough, framesOf, noSuchPosition, refuseNoPosition, snapshotOf } from "../projections/replay.ts";
import type { Frame } from "../projections/replay.ts";
import type { RunSnapshot } from "../projections/run-snapshot.ts";
import { RunView } from "../projections/run-view.ts";
import { Verifier } from "../projections/verify.ts";
import type { Verification } from "../projections/verify.ts";
import type { Clock } from "../ports/clock.ts";
import { Breather } from "./breather.ts";
import { cleanedUp } from "./journal-error.ts";
import { readOwn } from "./read-own.ts";
import { ownRun } from "./run-events.ts";
import type { EventSource } from "./run-events.ts";

/** Whose pauses let others have their turn: a long journal takes seconds. */
export interface ReplaySource extends EventSource {
  readonly clock: Clock;
}

/** The commits of a run from its first, up to the one that reaches a position: a page at a time, and none is kept. */
async function* commitsThrough(source: ReplaySource, through: Position): AsyncGenerator<Commit, void> {
  const { run } = source;
  let position: Position = 0;
  const breather = new Breather(source.clock);
  while (position < through) {
    await breather.pause();
    const commits = await readOwn(ownRun(source), position);
    if (commits.length === 0) throw cleanedUp(run);
    for (const commit of commits) {
      yield commit;
      position = commit.position;
      if (position >= through) return;
    }
  }
}

export async function* replayRun(source: ReplaySource, through: Position): AsyncGenerator<Frame, void, void> {
  const view = new RunView();
  for await (const commit of commitsThrough(source, through)) {
    for (const frame of framesOf(view, commit)) yield frame;
  }
}

export async function stateOfRunAt(source: ReplaySource, position: Position): Promise<RunSnapshot> {
  refuseNoPosition(position);
  const head = source.stream.position;
  if (position > head) throw noSuchPosition(position, head);
  const view = new RunView();
  for await (const commit of commitsThrough(source, position)) foldThrough(view, commit, position);
  return snapshotOf(view);
}

export async function verifyRun(source: ReplaySource, through: Position): Promise<Verification> {
  const verifier = new Verifier();
  for await (const commit of commitsThrough(source, through)) if (verifier.check(commit) !== undefined) break;
  return verifier.verification;
}
