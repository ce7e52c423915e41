import { artifactPlace } from "../domain/artifact.ts";
import { commitStart } from "../domain/commit.ts";
import { isRunfoldError, RunfoldError } from "../domain/errors.ts";
import type { Graph } from "../domain/graph.ts";
import type { Position, RunId } from "../domain/ids.ts";
import type { Journal } from "../ports/journal.ts";
import { Breather } from "./breather.ts";
import { artifactsThrough, copyArtifacts } from "./fork-artifacts.ts";
import { loadRun } from "./load-run.ts";
import type { LoadedRun } from "./load-run.ts";
import type { OwnedRuns } from "./owned-runs.ts";
import { prepareStart } from "./prepare-start.ts";
import type { Run } from "./run.ts";
import type { RuntimeParts } from "./runtime-parts.ts";

export interface ForkOptions {
  /** So many events of the run are the past of the new one. It must be the end of a commit, and lie before the run's end. */
  readonly at: Position;
  /** The id of the new run. Default: a new unique id. */
  readonly id?: RunId;
  /**
   * The graph that the new run goes on with. It may change, add and take out steps that had neither started nor ended. Default: the
   * graph of the past.
   */
  readonly graph?: Graph;
}

interface ForkRequest {
  readonly source: RunId;
  readonly id: RunId;
  readonly at: Position;
  readonly graph: Graph | undefined;
}

/**
 * Begins a run with the past of another. What is refused is refused before anything is written; the new run's journal then appears
 * at once, with its whole past.
 * @throws `run.unknown`, `position.invalid`, `fork.refused`, `graph.invalid`, `run.conflicting`, `runtime.full`; what the journal and
 * the artifact store refuse with.
 */
export async function forkRun(parts: RuntimeParts, owned: OwnedRuns, request: ForkRequest): Promise<Run> {
  const { journal, clock, artifacts, workspace, executors, owner } = parts;
  const { source, id, at } = request;
  const loaded = await loadPast(parts, request, owned.reporterOf(id));
  const { view } = loaded.stream;
  const from = { run: source, life: view.life, position: at };
  const document = request.graph?.document ?? view.snapshot().graph;
  const isEdited = request.graph !== undefined && JSON.stringify(document) !== JSON.stringify(view.snapshot().graph);
  const graph: Graph = request.graph ?? { document, tasks: new Map() };
  const { root } = view;
  const isDone = (step: string): boolean => view.step(step)?.endedAtPosition !== undefined;
  parts.bindTasks(id, graph);
  try {
    const places = await prepareStart(id, document, root, executors, workspace, isDone);
    owned.refuseFull();
    const life = parts.entropy.uniqueName();
    await copyArtifacts(artifacts, from, { run: id, life }, artifactsThrough(journal, source, at, new Breather(clock)));
    const edited = isEdited ? { graph: document } : {};
    const run = await owned
      .own({
        id,
        ...loaded,
        command: { type: "run.fork", run: id, life, from, ...edited, root, places, owner },
        past: { run: source, through: at },
        stepsAfter: document,
      })
      .catch(async (error: unknown) => {
        await artifacts.delete(artifactPlace(id, life)).catch(() => undefined);
        throw isRunfoldError(error, "journal.conflict") ? taken(id) : error;
      });
    if (!("refused" in run)) return run;
    await artifacts.delete(artifactPlace(id, life)).catch(() => undefined);
    throw forkRefused(source, at, run.message);
  } catch (error) {
    if (!owned.has(id)) parts.releaseTasks(id);
    throw error;
  }
}

async function loadPast(
  { journal, clock }: RuntimeParts,
  { source, id, at }: ForkRequest,
  report: (error: unknown) => void,
): Promise<LoadedRun> {
  const head = await journal.head(source);
  if (head === 0)
    throw new RunfoldError("run.unknown", `There is no run ${source} to fork.`, { details: { run: source } });
  if ((await journal.head(id)) > 0) throw taken(id);
  await refuseHalfCommit(journal, source, at, head);
  const loaded = await loadRun(source, { journal, clock, report, through: at });
  if (loaded === undefined) throw new RunfoldError("run.cleaned", `Run ${source} was cleaned up while it was forked.`);
  return loaded;
}

/** A fork begins between two commits: half of one never was a state of the run. */
async function refuseHalfCommit(journal: Journal, run: RunId, position: Position, head: Position): Promise<void> {
  const isWhole = Number.isSafeInteger(position) && position >= 1;
  const [commit] = isWhole ? await journal.read(run, position - 1, 1) : [];
  if (commit?.position === position) return;
  const start = commit === undefined ? 0 : commitStart(commit);
  const why =
    commit === undefined
      ? `its journal goes from 1 to ${head}`
      : `it lies inside a commit; fork at ${start === 0 ? "" : `${start} or `}${commit.position}`;
  const message = `Run ${run} cannot be forked at position ${position}: ${why}.`;
  throw new RunfoldError("position.invalid", message, { details: { run, position, head } });
}

function forkRefused(run: RunId, position: Position, why: string): RunfoldError {
  return new RunfoldError("fork.refused", `Run ${run} cannot be forked at position ${position}: ${why}`, {
    details: { run, position },
  });
}

function taken(id: RunId): RunfoldError {
  return new RunfoldError("run.conflicting", `There is a run ${id} already. Choose another id for the fork.`, {
    details: { run: id },
  });
}
