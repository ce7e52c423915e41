import type { Commit } from "../../domain/commit.ts";
import type { Position, RunId } from "../../domain/ids.ts";
import type { Journal } from "../../ports/journal.ts";

/** The commits of a run that end at or before a position, read page by page. What stands behind it is never asked for. */
export async function* commitsThrough(journal: Journal, run: RunId, through: Position): AsyncGenerator<Commit, void> {
  let position: Position = 0;
  while (position < through) {
    const page = await journal.read(run, position);
    if (page.length === 0) return;
    for (const commit of page) {
      if (commit.position > through) return;
      yield commit;
      position = commit.position;
    }
  }
}
