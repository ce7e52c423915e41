import { artifactPlace } from "../domain/artifact.ts";
import { commitStart } from "../domain/commit.ts";
import { isRunfoldError, RunfoldError } from "../domain/errors.ts";
import type { Graph } from "../domain/graph.ts";
import type { Position, RunId, StepId } from "../domain/ids.ts";
import { quotedValue } from "../domain/quoted-text.ts";
import { isPosition } from "../projections/replay.ts";
import type { RunSnapshot } from "../projections/run-snapshot.ts";
import type { Journal } from "../ports/journal.ts";
import { Breather } from "./breather.ts";
import { consultExecutors } from "./consult-executors.ts";
import { artifactsThrough, copyArtifacts } from "./fork-artifacts.ts";
import { cleanedUp } from "./journal-error.ts";
import { keepHandovers, loadRun } from "./load-run.ts";
import type { OwnedRuns } from "./owned-runs.ts";
import { prepareStart, refuseMissingRoot } from "./prepare-start.ts";
import { refuseNoGraph } from "./run-identity.ts";
import type { Run } from "./run.ts";
import type { RuntimeParts } from "./runtime-parts.ts";

export interface ForkOptions {
  /** So many events of the run are the past of the new one. It must be the end of a commit, and lie before the run's end. */
  readonly at: Position;
  /** The id of the new run. Default: a new unique id. */
  readonly id?: RunId;
  /**
   * The graph that the new run goes on with. It may change, add and take out steps that had neither started nor ended. Default: the
   * graph of the past, as JSON: where its tasks are functions, they are those of the graphs and the tasks that the runtime was opened
   * with (`openRuntime({ graphs, tasks })`), and without those the graph itself has to be given here.
   */
  readonly graph?: Graph;
}

interface ForkRequest {
  /** The run as it is now. */
  readonly source: RunSnapshot;
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
  if ((await journal.head(id)) > 0) throw taken(id);
  await refuseHalfCommit(journal, source.id, at, source.position);
  const options = { journal, clock, report: owned.reporterOf(id), through: at };
  const loaded = await loadRun(source.id, options);
  if (loaded?.state.position !== at) throw cleanedUp(source.id);
  const { view } = loaded.stream;
  const past = view.snapshot();
  const document = request.graph?.document ?? past.graph;
  const isEdited = request.graph !== undefined && JSON.stringify(document) !== JSON.stringify(past.graph);
  const graph: Graph = request.graph ?? { document, tasks: new Map() };
  const { root } = view;
  const hasEnded = (step: StepId): boolean => view.step(step)?.endedAtPosition !== undefined;
  parts.bindTasks(id, graph);
  try {
    await refuseMissingRoot(document, root, workspace, hasEnded);
    const { errors, warnings, definitions } = await consultExecutors(document, root, executors, hasEnded);
    const places = await prepareStart(id, document, root, executors, workspace, hasEnded, errors);
    owned.refuseFull();
    const life = parts.entropy.uniqueName();
    const place = artifactPlace(id, life);
    // The life that it has now, not the one that it had then: it may be a fork itself.
    const from = { run: source.id, life: source.life, position: at };
    await copyArtifacts(artifacts, from, place, artifactsThrough(journal, source.id, at, new Breather(clock)));
    if (isEdited) await keepHandovers(journal, source.id, loaded.stream, document, new Breather(clock));
    const edited = isEdited ? { graph: document } : {};
    const named = definitions === undefined ? {} : { definitions };
    const begun = await owned
      .own({
        id,
        life,
        ...loaded,
        command: { type: "run.fork", run: id, life, from, ...edited, root, places, owner, ...named },
        past: { run: source.id, life: source.life, through: at },
        stepsAfter: document,
        warnings,
        checkpointedAt: 0,
      })
      .catch(async (error: unknown) => {
        // Whatever else went wrong, the run may have been made all the same.
        if (!isRunfoldError(error, "journal.conflict")) throw error;
        await artifacts.delete(place);
        throw taken(id);
      });
    if (!("refused" in begun)) return begun;
    await artifacts.delete(place);
    throw forkRefused(source.id, at, begun.message);
  } finally {
    if (owned.actor(id) === undefined) parts.releaseTasks(id);
  }
}

/**
 * What a caller without types may have got wrong, before anything is looked up.
 * @throws `position.invalid`, `graph.invalid`
 */
export function checkedFork(options: ForkOptions | undefined): ForkOptions {
  const { at, graph } = options ?? {};
  if (!isPosition(at)) {
    const shown = quotedValue(at);
    const message = `A run is forked at the end of a commit: \`at\` must be a whole number from 1 on, not ${shown}.`;
    throw new RunfoldError("position.invalid", message, { details: { position: shown } });
  }
  if (graph !== undefined) refuseNoGraph(graph);
  return { ...options, at };
}

/** A fork begins between two commits: half of one never was a state of the run. */
async function refuseHalfCommit(journal: Journal, run: RunId, position: Position, head: Position): Promise<void> {
  const [commit] = await journal.read(run, position - 1, 1);
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
