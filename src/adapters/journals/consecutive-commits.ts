import { commitStart, type Commit } from "../../domain/commit.ts";
import { invariant } from "../../domain/errors.ts";
import type { Position, RunId } from "../../domain/ids.ts";

/**
 * Refuses a list of commits that would leave a gap, an overlap or an empty commit in the journal.
 *
 * @throws `invariant.broken`: only Runfold itself makes commits, so a bad list is a bug of our own.
 * @returns the run's position after the last commit.
 */
export function checkConsecutive(run: RunId, expected: Position, commits: readonly Commit[]): Position {
  let position = expected;
  for (const commit of commits) {
    if (commit.events.length === 0 || commitStart(commit) !== position) {
      invariant(
        false,
        `a commit of ${commit.events.length} events up to position ${commit.position} cannot follow position ${position} of run ${run}`,
      );
    }
    position = commit.position;
  }
  return position;
}
