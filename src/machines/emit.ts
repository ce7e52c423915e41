import { brokenInvariant, invariant } from "../domain/errors.ts";
import type { Blocker } from "../domain/failure.ts";
import type { RunEnd, StepStatus } from "../domain/status.ts";
import { queueDueMilestone, queueTerminal } from "./decide-notice.ts";
import { closeMessages, resendMessages } from "./emit-message.ts";
import { disagreement, recordEvent } from "./turn.ts";
import type { Turn } from "./turn.ts";
import { emitRun } from "./emit-run.ts";
import { isLive, phaseCode, phaseOf, runTable, slotsTaken, stepsEnded, stepTable } from "./run-state.ts";
import type { RunState } from "./run-state.ts";
import type { StepSignal } from "./step-machine.ts";

/** Sends a signal to a step's machine. The kernel only sends what the machine takes. */
export function emitStep(turn: Turn, step: number, signal: StepSignal): void {
  const { state } = turn;
  const phase = phaseOf(state, step);
  const cell = stepTable.cell(phase, signal.type);
  if (cell === undefined) throw brokenInvariant(`a step that is ${phase} takes ${signal.type}`);
  if (state.messages.ofStep.size > 0 && closing.has(signal.type)) {
    closeMessages(turn, signal.step, phase === "interrupted" || phase === "pending");
  }
  recordEvent(turn, cell.make(signal));
  if (state.phases[step] !== phaseCode[cell.next]) throw disagreement(signal.type, cell.next);
}

/** What ends an attempt, or a step that has lost one. */
const closing: ReadonlySet<StepSignal["type"]> = new Set(["succeed", "fail.retry", "fail.final", "cancel", "block"]);

/** Blocks whoever needs a step that ended without success, and whoever needs those: breadth first, each step once. */
export function blockDependents(turn: Turn, failed: number): void {
  const { state } = turn;
  const { offsets, targets } = state.plan.neededBy;
  // All of them are found before the first is blocked, so that each can name every need that keeps it from starting.
  const found = new Set([failed]);
  for (const cause of found) {
    for (let edge = offsets[cause]!; edge < offsets[cause + 1]!; edge++) {
      const dependent = targets[edge]!;
      if (state.phases[dependent] === phaseCode.pending) found.add(dependent);
    }
  }
  found.delete(failed);
  for (const dependent of found) {
    const { id } = state.plan.steps[dependent]!;
    emitStep(turn, dependent, { type: "block", step: id, by: blockersOf(state, dependent, found) });
  }
}

/** The needs that have ended without success, or are being blocked with it, in the step's own order. */
function blockersOf({ plan, phases }: RunState, step: number, blocked: ReadonlySet<number>): Blocker[] {
  const blockers: Blocker[] = [];
  for (let edge = plan.needs.offsets[step]!; edge < plan.needs.offsets[step + 1]!; edge++) {
    const need = plan.needs.targets[edge]!;
    const status = blocked.has(need) ? "blocked" : unsuccessful[phases[need]!];
    if (status !== undefined) blockers.push({ step: plan.steps[need]!.id, status });
  }
  return blockers;
}

const unsuccessful: readonly (StepStatus | undefined)[] = stepTable.states.map((phase) =>
  phase === "failed" || phase === "blocked" || phase === "timedOut" || phase === "canceled" ? phase : undefined,
);

/** Starts what may start, in declared order, settles the run when every step has ended, and tells what is worth a notice. */
export function reachFixedPoint(turn: Turn): void {
  const { state } = turn;
  const { plan } = state;
  if (!isLive(state)) return;
  if (state.phase === "running") {
    let free = plan.concurrency - slotsTaken(state);
    for (; free > 0 && state.ready.size > 0; free--) {
      const step = state.ready.first();
      const attempt = state.attempts[step]! + 1;
      const deadlineAt = turn.at + plan.timeoutsMs[step]!;
      const id = plan.ids[step]!;
      emitStep(turn, step, { type: "start", step: id, attempt, deadlineAt });
      if (state.messages.ofStep.size > 0) resendMessages(turn, id, attempt);
    }
  }
  if (stepsEnded(state) === plan.steps.length) {
    const cleanupAt = plan.retentionMs === undefined ? undefined : turn.at + plan.retentionMs;
    const type = settlement(state);
    queueTerminal(turn, runTable.cell(state.phase, type)!.next as RunEnd);
    emitRun(turn, { type, cleanupAt });
    return;
  }
  queueDueMilestone(turn);
  invariant(slotsTaken(state) > 0 || state.counts[phaseCode.waiting]! > 0, "a live run has something to wait for");
}

/** A step that timed out fails the run; any other miss leaves it mixed if something succeeded. */
export function settlement({
  counts,
  plan,
}: Pick<RunState, "counts" | "plan">): "settle.succeeded" | "settle.mixed" | "settle.failed" {
  const succeeded = counts[phaseCode.succeeded]!;
  if (counts[phaseCode.timedOut]! > 0) return "settle.failed";
  if (succeeded === plan.steps.length) return "settle.succeeded";
  return succeeded > 0 ? "settle.mixed" : "settle.failed";
}
