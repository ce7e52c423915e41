import type { Commit } from "../domain/commit.ts";
import type { Position, RunId, RunLife } from "../domain/ids.ts";
import type { Journal } from "../ports/journal.ts";
import { cleanedUp } from "./journal-error.ts";

/** One life of a run id, in a journal where that id may be free again, and another run's. */
export interface OwnRun {
  readonly run: RunId;
  readonly journal: Pick<Journal, "read" | "entry">;
  /** Undefined where the journal does not tell one life from another. */
  readonly life: RunLife | undefined;
}

/** The run that has this id now. */
export async function ownNow(journal: Journal, run: RunId): Promise<OwnRun> {
  return { run, journal, life: await lifeNow(journal, run) };
}

/**
 * A page of this very run, as {@link Journal.read} gives it. The journal is asked whose it is after the page was read, because a life
 * that is over does not come back: if it is still this one, the page is its.
 * @throws `run.cleaned` when the id is another run's by now; what the journal refuses with.
 */
export async function readOwn(own: OwnRun, after: Position, limit?: number): Promise<readonly Commit[]> {
  const commits = await own.journal.read(own.run, after, limit);
  if (commits.length > 0 && !(await isStill(own))) throw cleanedUp(own.run);
  return commits;
}

/**
 * Whether a reader that stands at a position, and found nothing after it, has seen all of the run. It has not where the run went on
 * just then.
 * @throws `run.cleaned` when the run is gone: what was read is a part of it, and the rest will not come.
 */
export async function isAtEnd({ run, journal, life }: OwnRun, position: Position): Promise<boolean> {
  const entry = await journal.entry(run);
  const isGone = entry === undefined || (life !== undefined && entry.life !== undefined && entry.life !== life);
  if (isGone || entry.position < position) throw cleanedUp(run);
  return entry.position === position;
}

/** Whether the id is no other run's by now. */
export async function isStill({ run, journal, life }: OwnRun): Promise<boolean> {
  if (life === undefined) return true;
  const now = await lifeNow(journal, run);
  return now === undefined || now === life;
}

async function lifeNow(journal: Pick<Journal, "entry">, run: RunId): Promise<RunLife | undefined> {
  return (await journal.entry(run))?.life;
}
