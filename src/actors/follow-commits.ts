import type { Commit } from "../domain/commit.ts";
import type { Position } from "../domain/ids.ts";
import { limits } from "../domain/limits.ts";
import type { Clock } from "../ports/clock.ts";
import { onAbort } from "../ports/on-abort.ts";
import { cleanedUp } from "./journal-error.ts";
import { readOwn } from "./read-own.ts";
import { advanceBeyond, ownRun } from "./run-events.ts";
import type { EventSource } from "./run-events.ts";

export interface FollowedSource extends EventSource {
  readonly clock: Clock;
}

/**
 * A run's commits from its first, up to its end, a page at a time: those that are there, then those to come. What is committed in
 * one moment (`limits.followGatherMs`) comes together, so a run that is followed is hardly slower than one that is not. Ends early, without an
 * error, when `signal` aborts.
 * @throws what stopped the run's stream, when it stopped before the run ended.
 */
export async function* followCommits(
  source: FollowedSource,
  signal: AbortSignal,
): AsyncGenerator<readonly Commit[], void, void> {
  const { run, stream } = source;
  let position: Position = 0;
  while (!signal.aborted) {
    const head = stream.position;
    if (stream.isEnded && position >= head) return;
    // Its journal may be closed by now, which is not why it stopped.
    if (stream.failure !== undefined && position >= head) throw stream.failure;
    const page = await readOwn(ownRun(source), position);
    // What is committed is in the journal a moment before it is in the views.
    const isSeen = (commit: Commit): boolean => commit.position <= stream.position;
    const commits = page.filter(isSeen);
    const last = commits.at(-1);
    if (last !== undefined) {
      position = last.position;
      yield commits;
      // Whoever reads as fast as it is written would read commit by commit.
      if (stream.position - position < limits.readCommitsMax) await gathering(source, signal);
      continue;
    }
    if (position < head) throw cleanedUp(run);
    await advanceBeyond(stream, position, signal);
    await gathering(source, signal);
  }
}

/** A moment in which more is committed, cut short where nothing more will be. */
function gathering({ stream, clock }: FollowedSource, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (stream.isEnded || stream.failure !== undefined || signal.aborted) return resolve();
    const finish = (): void => {
      timer.cancel();
      for (const stop of stops) stop();
      resolve();
    };
    const timer = clock.setTimer(clock.now() + limits.followGatherMs, finish, { isBackground: true });
    const stops = [
      stream.listenBatches({ advanced: () => void (stream.isEnded && finish()) }),
      stream.onStop(finish),
      onAbort(signal, finish),
    ];
  });
}
