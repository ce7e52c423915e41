import { type Commit, commitSchema } from "../../../src/domain/commit.ts";
import type { Position, RunId } from "../../../src/domain/ids.ts";
import type { Journal } from "../../../src/ports/journal.ts";

/** A small commit of `events` events that follows `start`. */
export function commitAfter(start: Position, events = 1, message = "something happened"): Commit {
  return {
    schema: commitSchema,
    position: start + events,
    at: 1_700_000_000_000 + start,
    input: { type: "diagnostic.record", code: "sample", severity: "info", message },
    events: Array.from({ length: events }, (_, index) => ({
      type: "diagnostic.recorded" as const,
      code: "sample",
      severity: "info" as const,
      message: index === 0 ? message : `${message} (${index})`,
    })),
  };
}

/** Commits that follow one another from `start`, of the given numbers of events. */
export function commitsAfter(start: Position, ...events: number[]): Commit[] {
  let position = start;
  return events.map((count) => {
    const commit = commitAfter(position, count);
    position = commit.position;
    return commit;
  });
}

/** Appends commits of the given numbers of events to a new run; returns them. */
export async function begin(journal: Journal, run: RunId, ...events: number[]): Promise<Commit[]> {
  const commits = commitsAfter(0, ...events);
  await journal.append(run, 0, commits);
  return commits;
}

export function positions(commits: readonly Commit[]): Position[] {
  return commits.map((commit) => commit.position);
}
