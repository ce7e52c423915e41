import { ArchiveReader, type Archive } from "./adapters/archives/read-archive.ts";
import { refused } from "./domain/archive-refusals.ts";
import { systemClock } from "./adapters/clocks/system-clock.ts";
import { Breather } from "./actors/breather.ts";
import type { ArtifactRef } from "./domain/artifact.ts";
import { isRunfoldError, RunfoldError } from "./domain/errors.ts";
import type { Position, RunId } from "./domain/ids.ts";
import type { Json } from "./domain/json.ts";
import { isRunEnded } from "./domain/status.ts";
import { evolve } from "./machines/evolve.ts";
import { initialState } from "./machines/run-state.ts";
import { upcast } from "./machines/upcast.ts";
import type { Journal } from "./ports/journal.ts";
import { summaryOf, type RunSummary } from "./projections/run-summary.ts";

/** What an import has put into the journal. */
export interface ImportedRun {
  readonly run: RunId;
  readonly commits: number;
  readonly position: Position;
  /** What the run refers to and the file does not hold: their bytes stay where they are. */
  readonly artifacts: readonly ArtifactRef[];
  readonly summary: RunSummary;
}

/** A run that was read and checked as a whole, and stands in no journal yet. */
export interface CheckedRun extends Archive {
  readonly summary: Json & RunSummary;
}

/**
 * Puts a run that `exportRun` or `runfold export` wrote into a journal, given as lines without their line breaks. All lines are
 * read and checked first, so the journal gets the whole run at once, or is not touched. The hashes of the lines find what was
 * damaged, cut off or edited; they do not say who wrote the file. A run that had not ended is not taken over by itself, because its
 * commands are those of the file: `runtime.resume(id)` does so when it is asked to.
 * @throws `archive.invalid` and `journal.newer`, naming the line; `run.conflicting` when the journal has a run of that id; what the
 *   journal refuses with.
 */
export async function importRun(
  journal: Journal,
  lines: AsyncIterable<string> | Iterable<string>,
): Promise<ImportedRun> {
  return await keepRun(journal, await checkedRun(lines));
}

/** The first half of an import, which needs no journal. @throws `archive.invalid` and `journal.newer`. */
export async function checkedRun(lines: AsyncIterable<string> | Iterable<string>): Promise<CheckedRun> {
  const state = initialState();
  let at = 0;
  const reader = new ArchiveReader((commit) => {
    ({ at } = commit);
    for (const event of upcast(commit).events) evolve(state, event, at);
  });
  const breather = new Breather(systemClock());
  for await (const line of lines) {
    reader.take(line);
    await breather.pause();
  }
  const archive = reader.finish();
  if (archive.run !== state.run) {
    throw refused(1, `it names run ${archive.run}, and the commits of the file are of another one`);
  }
  return { ...archive, summary: summaryOf(state, at) };
}

/** The second half. @throws `run.conflicting`; what the journal refuses with. */
export async function keepRun(journal: Journal, checked: CheckedRun): Promise<ImportedRun> {
  const { run, commits, position, artifacts, summary } = checked;
  try {
    await journal.append(run, 0, commits, { summary: keptSummary(summary), life: summary.life });
  } catch (error) {
    if (!isRunfoldError(error, "journal.conflict")) throw error;
    const message = `The journal has a run ${run} already, and nothing of it was changed; clean it up first, or import into another journal`;
    throw new RunfoldError("run.conflicting", message, { details: { run }, cause: error });
  }
  return { run, commits: commits.length, position, artifacts, summary };
}

/** A run that had not ended must be told from those that were left behind here. */
function keptSummary(summary: RunSummary): Json {
  const kept = isRunEnded(summary.status) ? summary : { ...summary, isImported: true };
  return kept as unknown as Json;
}
