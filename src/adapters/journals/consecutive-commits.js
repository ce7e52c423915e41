import { commitStart } from "../../domain/commit.js";
import { invariant } from "../../domain/errors.js";
/**
 * Refuses a list of commits that would leave a gap, an overlap or an empty commit in the journal.
 *
 * @throws `invariant.broken`: only Runfold itself makes commits, so a bad list is a bug of our own.
 * @returns the run's position after the last commit.
 */
export function checkConsecutive(run, expected, commits) {
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
