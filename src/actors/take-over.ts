import { RunfoldError } from "../domain/errors.ts";
import type { Owner } from "../domain/events.ts";
import { workKindOf } from "../domain/graph-document.ts";
import type { StepDocument } from "../domain/graph-document.ts";
import type { EpochMs, RunId, StepId } from "../domain/ids.ts";
import type { Command } from "../domain/inputs.ts";
import { limits } from "../domain/limits.ts";
import { phaseCode } from "../machines/run-state.ts";
import type { RunState } from "../machines/run-state.ts";
import { leaseName } from "./lease.ts";
import type { Executor } from "../ports/executor.ts";
import type { RuntimeParts } from "./runtime-parts.ts";
import { refuseUnrunnable } from "./prepare-start.ts";

/** Who may still be writing a run: nobody, somebody who is known to live, or somebody who gave a sign of life not long ago. */
export type Tenure = "vacant" | "held" | "leased";

/** `updatedAt` is when the run was last written: an owner that never gave another sign is taken for alive for as long. */
export async function tenureOf(parts: RuntimeParts, owner: Owner, updatedAt: EpochMs): Promise<Tenure> {
  const liveness = parts.livenessOf(owner);
  if (liveness === "gone") return "vacant";
  if (liveness === "alive") return "held";
  const until = (await parts.journal.leaseOf(leaseName(owner))) ?? updatedAt + limits.leaseMs;
  return parts.clock.now() > until ? "vacant" : "leased";
}

/** Whoever wants a run that somebody else holds must say so. */
export function heldByAnother(run: RunId, { host, pid }: Owner, tenure: Exclude<Tenure, "vacant">): RunfoldError {
  const why =
    tenure === "held"
      ? `is written by process ${pid} on ${host}, which lives`
      : `was written by process ${pid} on ${host} a moment ago, and nobody can look there`;
  const message = `Run ${run} ${why}. Let it be, cancel it, or take it over by force: that process then loses it.`;
  return new RunfoldError("run.live", message, { details: { run, host, pid } });
}

/**
 * The command that takes a run over.
 * @throws `graph.invalid` when a step that has not ended cannot be run here; nothing has changed then.
 */
export function recoverCommand(
  parts: RuntimeParts,
  id: RunId,
  state: RunState,
): Extract<Command, { type: "run.recover" }> {
  const { plan, phases } = state;
  refuseUnrunnable(id, plan, (number) => ended.has(phases[number]!), parts.executors);
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
