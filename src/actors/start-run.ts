import { invariant, isRunfoldError } from "../domain/errors.ts";
import type { Graph } from "../domain/graph.ts";
import type { GraphDocument } from "../domain/graph-document.ts";
import type { RunId } from "../domain/ids.ts";
import { initialState } from "../machines/run-state.ts";
import type { OwnedRuns } from "./owned-runs.ts";
import { consultExecutors } from "./consult-executors.ts";
import { prepareStart } from "./prepare-start.ts";
import { sameGraph } from "./run-identity.ts";
import { RunStream } from "./run-stream.ts";
import type { Run } from "./run.ts";
import type { RuntimeParts } from "./runtime-parts.ts";

/**
 * Starts a run. `refuseClosed` is asked again once the graph has been looked at, because others may have closed the runtime meanwhile.
 * @throws `graph.invalid`, `runtime.full`, `journal.conflict`; what the journal refuses with.
 */
async function startRun(
  parts: RuntimeParts,
  owned: OwnedRuns,
  id: RunId,
  graph: GraphDocument,
  refuseClosed: () => void,
): Promise<Run> {
  const { workspace, executors, owner, entropy } = parts;
  const root = await workspace.realRoot(parts.root);
  const { errors, warnings, definitions } = await consultExecutors(graph, root, executors);
  const places = await prepareStart(id, graph, root, executors, workspace, undefined, errors);
  refuseClosed();
  owned.refuseFull();
  const life = entropy.uniqueName();
  const named = definitions === undefined ? {} : { definitions };
  const command = { type: "run.start", run: id, life, graph, root, places, owner, ...named } as const;
  const stream = new RunStream(owned.reporterOf(id));
  const run = await owned.own({ id, life, state: initialState(), stream, command, stepsAfter: graph, warnings });
  invariant(!("refused" in run), "a run that has not begun takes its start");
  return run;
}

/**
 * The same; or the run that another process has started under this id meanwhile, because it was faster.
 * @throws `run.conflicting` when that runs another graph; as {@link startRun}.
 */
export async function startOrFind(
  parts: RuntimeParts,
  owned: OwnedRuns,
  id: RunId,
  graph: Graph,
  { find, refuseClosed }: { readonly find: (id: RunId) => Promise<Run | undefined>; readonly refuseClosed: () => void },
): Promise<Run> {
  try {
    return await startRun(parts, owned, id, graph.document, refuseClosed);
  } catch (error) {
    const winner = isRunfoldError(error, "journal.conflict") ? await find(id) : undefined;
    if (winner === undefined) throw error;
    return sameGraph(winner, graph);
  }
}
