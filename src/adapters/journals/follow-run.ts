import type { Commit } from "../../domain/commit.ts";
import type { Position } from "../../domain/ids.ts";

/** One consistent read of a run. */
export interface RunPage {
  /** Tells one life of a run id from the next: a run that was deleted and created again has another. Undefined: unknown. */
  readonly life: number | undefined;
  readonly commits: readonly Commit[];
}

/** What following needs of a journal. Both reads are synchronous, so nothing can slip in between reading and waiting. */
export interface FollowSource {
  /** @throws whatever reading throws; `journal.closed` is thrown only before the first page. */
  page(after: Position): RunPage;
  /** Resolves when there may be more, or the following may have to end. */
  changed(): Promise<void>;
  hasEnded(): boolean;
}

/**
 * Pages of one life of a run, from `after` on, until the run is deleted or the source has ended.
 *
 * A run that is not yet known is waited for, except after a position above 0: such a run existed, so it was deleted.
 */
export async function* followRun(source: FollowSource, after: Position): AsyncGenerator<readonly Commit[], void> {
  let place = after;
  let life: number | undefined;
  while (!source.hasEnded()) {
    const page = source.page(place);
    if (life !== undefined ? page.life !== life : page.life === undefined && place > 0) return;
    life = page.life;
    const last = page.commits.at(-1);
    if (last === undefined) {
      await source.changed();
    } else {
      place = last.position;
      yield page.commits;
    }
  }
}
