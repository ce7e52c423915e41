import { artifactsOf } from "./adapters/archives/archive-artifacts.ts";
import { archiveVersion, type ArchiveHeader } from "./adapters/archives/archive-format.ts";
import { commitsThrough } from "./adapters/archives/commits-through.ts";
import { writeArchive } from "./adapters/archives/write-archive.ts";
import type { ArtifactRef } from "./domain/artifact.ts";
import type { Commit } from "./domain/commit.ts";
import { RunfoldError } from "./domain/errors.ts";
import type { Position, RunId } from "./domain/ids.ts";
import { evolve } from "./machines/evolve.ts";
import { initialState } from "./machines/run-state.ts";
import { upcast } from "./machines/upcast.ts";
import type { Journal } from "./ports/journal.ts";
import { summaryOf, type RunSummary } from "./projections/run-summary.ts";

export interface ExportOptions {
  /** Leaves out the commits that end behind this position. Default: all that are there when the export begins. */
  readonly through?: Position;
}

/**
 * A run's whole journal as lines of JSON, without line breaks: a header, a line a commit, and one that marks the end, each bound by
 * a hash to all before it. `importRun` gives the same run back. The bytes of artifacts are not in it, only their names, sizes and
 * hashes. Nothing is read before the first line is asked for; what is appended meanwhile belongs to the next export.
 * @throws `run.unknown`; `run.cleaned` when the run is deleted meanwhile; what the journal refuses with.
 */
export async function* exportRun(
  journal: Journal,
  run: RunId,
  options: ExportOptions = {},
): AsyncGenerator<string, void> {
  const position = Math.min(await journal.head(run), options.through ?? Number.POSITIVE_INFINITY);
  if (!(position > 0)) {
    throw new RunfoldError("run.unknown", `There is nothing of a run ${run} to export`, { details: { run } });
  }
  const state = initialState();
  let at = 0;
  const survey = await surveyed(journal, run, position, (commit) => {
    ({ at } = commit);
    for (const event of upcast(commit).events) evolve(state, event, at);
  });
  const summary: RunSummary = summaryOf(state, at);
  yield* linesOf(journal, run, { ...survey, about: { ...summary, position: state.position } });
}

export interface Description {
  readonly through: Position;
  /** What the header says of the run. */
  readonly about: ArchiveHeader["run"];
  /** Whether only a part of the run can be read. */
  readonly isDamaged: boolean;
}

/** The same lines, of a run that the caller has already looked at. */
export async function* exportDescribed(
  journal: Journal,
  run: RunId,
  { through, ...rest }: Description,
): AsyncGenerator<string, void> {
  yield* linesOf(journal, run, { ...(await surveyed(journal, run, through)), ...rest });
}

/** What the header says of the commits, which stand behind it. */
interface Survey {
  readonly through: Position;
  readonly commits: number;
  readonly artifacts: readonly ArtifactRef[];
  /** The first commit's time: another one is that of a later run with the same id. */
  readonly startedAt: number | undefined;
}

async function surveyed(
  journal: Journal,
  run: RunId,
  through: Position,
  see: (commit: Commit) => void = () => undefined,
): Promise<Survey> {
  const artifacts: ArtifactRef[] = [];
  let commits = 0;
  let startedAt: number | undefined;
  for await (const commit of commitsThrough(journal, run, through)) {
    commits++;
    startedAt ??= commit.at;
    artifacts.push(...artifactsOf(commit));
    see(commit);
  }
  return { through, commits, artifacts, startedAt };
}

function linesOf(
  journal: Journal,
  run: RunId,
  { about, isDamaged = false, ...survey }: Survey & Pick<Description, "about"> & Partial<Description>,
): AsyncGenerator<string, void> {
  const header: ArchiveHeader = {
    runfold: "export",
    version: archiveVersion,
    run: about,
    commits: survey.commits,
    // Left out of a whole export.
    ...(isDamaged ? { isDamaged } : {}),
    artifacts: survey.artifacts,
  };
  return writeArchive(header, sameCommits(journal, run, survey));
}

/** The commits that were surveyed. What the header has said of them must stay true. */
async function* sameCommits(journal: Journal, run: RunId, survey: Survey): AsyncGenerator<Commit, void> {
  let commits = 0;
  for await (const commit of commitsThrough(journal, run, survey.through)) {
    if (commits === 0 && commit.at !== survey.startedAt) throw deleted(run);
    commits++;
    yield commit;
  }
  if (commits !== survey.commits) throw deleted(run);
}

function deleted(run: RunId): RunfoldError {
  const message = `Run ${run} was cleaned up while it was exported; what was written of it is no whole export`;
  return new RunfoldError("run.cleaned", message, { details: { run } });
}
