import type { Place } from "../domain/events.ts";
import { workKindOf } from "../domain/graph-document.ts";
import type { StepDocument } from "../domain/graph-document.ts";
import type { RunId, StepId } from "../domain/ids.ts";
import type { Command } from "../domain/inputs.ts";
import { phaseCode } from "../machines/run-state.ts";
import type { Executor } from "../ports/executor.ts";
import type { RunView } from "../projections/run-view.ts";
import type { LoadedRun } from "./load-run.ts";
import { prepareStart, refuseMissingRoot } from "./prepare-start.ts";
import type { RuntimeParts } from "./runtime-parts.ts";

/**
 * The command that takes a run over.
 * @throws `graph.invalid` when a step that has not ended cannot be run here, or where it is to run is not there; nothing has changed
 * then. Of a run that is being ended nothing is run any more, so that can be done anywhere.
 */
export async function recoverCommand(
  parts: RuntimeParts,
  id: RunId,
  { state, stream }: LoadedRun,
): Promise<Extract<Command, { type: "run.recover" }>> {
  const { plan, phases } = state;
  const hasEnded = (step: StepId): boolean => ended.has(phases[plan.numberOf.get(step)!]!);
  const places = state.phase === "running" ? await placesNow(parts, id, stream.view, hasEnded) : [];
  const resumable: StepId[] = [];
  for (let step = 0; step < phases.length; step++) {
    if (phases[step] !== phaseCode.running) continue;
    const document = plan.steps[step]!;
    if (canResume(parts.executors.get(workKindOf(document)), document)) resumable.push(document.id);
  }
  return { type: "run.recover", owner: parts.owner, epoch: state.epoch + 1, places, resumable };
}

/** Where the rest of a run will run. Devices and inodes may be others after a restart, so they are looked at anew. */
async function placesNow(
  { executors, workspace }: RuntimeParts,
  id: RunId,
  view: RunView,
  hasEnded: (step: StepId) => boolean,
): Promise<readonly Place[]> {
  const { graph } = view.snapshot();
  await refuseMissingRoot(graph, view.root, workspace, hasEnded);
  return prepareStart(id, graph, view.root, executors, workspace, hasEnded);
}

/** An executor that fails when it is asked does not go on with anything; the step starts another attempt. */
function canResume(executor: Executor | undefined, step: StepDocument): boolean {
  try {
    return executor?.resumes?.(step) === true;
  } catch {
    return false;
  }
}

const ended: ReadonlySet<number> = new Set([
  phaseCode.succeeded,
  phaseCode.failed,
  phaseCode.blocked,
  phaseCode.timedOut,
  phaseCode.canceled,
]);
