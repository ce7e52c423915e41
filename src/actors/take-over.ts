import { workKindOf } from "../domain/graph-document.ts";
import type { StepDocument } from "../domain/graph-document.ts";
import type { RunId, StepId } from "../domain/ids.ts";
import type { Command } from "../domain/inputs.ts";
import { phaseCode } from "../machines/run-state.ts";
import type { RunState } from "../machines/run-state.ts";
import type { Executor } from "../ports/executor.ts";
import { refuseUnrunnable } from "./prepare-start.ts";
import type { RuntimeParts } from "./runtime-parts.ts";

/**
 * The command that takes a run over.
 * @throws `graph.invalid` when a step that has not ended cannot be run here; nothing has changed then. Of a run that is being
 * ended nothing is run any more, so that can be done anywhere.
 */
export function recoverCommand(
  parts: RuntimeParts,
  id: RunId,
  state: RunState,
): Extract<Command, { type: "run.recover" }> {
  const { plan, phases } = state;
  if (state.phase === "running") {
    refuseUnrunnable(id, plan, (number) => ended.has(phases[number]!), parts.executors);
  }
  const resumable: StepId[] = [];
  for (let step = 0; step < phases.length; step++) {
    if (phases[step] !== phaseCode.running) continue;
    const document = plan.steps[step]!;
    if (canResume(parts.executors.get(workKindOf(document)), document)) resumable.push(document.id);
  }
  return { type: "run.recover", owner: parts.owner, epoch: state.epoch + 1, resumable };
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
