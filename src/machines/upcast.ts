import { commitSchema } from "../domain/commit.ts";
import type { Commit } from "../domain/commit.ts";
import { invariant } from "../domain/errors.ts";
import type { Event } from "../domain/events.ts";

/** Lifts commits of one schema to the shape of the next. */
export type Upcaster = (commit: Commit) => Commit;

/** By the schema that is lifted. One is added with each change of a shape, and none is ever taken out. */
const upcasters: Readonly<Record<number, Upcaster>> = {
  // Runs had one owner for good, so nobody counted them.
  1: (commit) => ({ ...commit, events: commit.events.map(withFirstEpoch) }),
  // Nobody spoke to steps, and nobody counted what they asked of models: there is nothing to lift.
  2: (commit) => commit,
};

/** What has been lifted is not lifted again, by whoever comes across it next. */
const lifted = new WeakSet<Commit>();

/**
 * A commit in today's shape, whatever version wrote it; one that was written in it is returned as it is. `schema` still names
 * the version that wrote it, because that version decided it.
 */
export function upcast(commit: Commit): Commit {
  if (commit.schema >= commitSchema || lifted.has(commit)) return commit;
  const result = lift(commit, upcasters, commitSchema);
  lifted.add(result);
  return result;
}

/** The same for any list of upcasters, up to the schema `to`. */
export function lift(commit: Commit, list: Readonly<Record<number, Upcaster>>, to: number): Commit {
  let result = commit;
  for (let schema = commit.schema; schema < to; schema++) {
    const upcaster = list[schema];
    invariant(upcaster !== undefined, `commits of schema ${schema} can be lifted`);
    result = upcaster(result);
  }
  return result;
}

/** Fields keep the order in which the machines write them, so that a lifted event equals one that is decided again. */
function withFirstEpoch(event: Event): Event {
  if (event.type !== "run.started") return event;
  const { epoch: _, deadlineAt, ...before } = event;
  return { ...before, epoch: 1, deadlineAt };
}
