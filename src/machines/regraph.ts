import type { GraphDocument } from "../domain/graph-document.ts";
import { planOf } from "./plan.ts";
import type { Plan } from "./plan.ts";
import { ReadySet } from "./ready-set.ts";
import { phaseCode, phaseOf, stepPhases } from "./run-state.ts";
import type { RunState } from "./run-state.ts";

/**
 * What of the past a graph would change, in words; undefined for one that only changes, adds or takes out steps that have neither
 * started nor ended.
 */
export function changeOfPast({ plan, phases, attempts }: RunState, graph: GraphDocument): string | undefined {
  const edited = planOf(graph);
  for (let step = 0; step < phases.length; step++) {
    if (phases[step] === phaseCode.pending && attempts[step] === 0) continue;
    const id = plan.ids[step]!;
    const number = edited.numberOf.get(id);
    if (number === undefined) return `Step ${id} has already started or ended, so the edited graph must keep it.`;
    if (JSON.stringify(edited.steps[number]) !== JSON.stringify(plan.steps[step])) {
      return `Step ${id} has already started or ended, so the edited graph must keep it as it is.`;
    }
  }
  return undefined;
}

/** The arrays of a state under an edited graph: what has happened to a step stays with its id, whatever its number is now. */
export function regraphed(
  before: RunState,
  plan: Plan,
): Pick<RunState, "plan" | "phases" | "attempts" | "interruptions" | "dueAt" | "unmet" | "ready" | "counts"> {
  const size = plan.steps.length;
  const phases = new Uint8Array(size).fill(phaseCode.pending);
  const attempts = new Uint8Array(size);
  const interruptions = new Uint8Array(size);
  const dueAt = new Float64Array(size);
  for (let old = 0; old < before.phases.length; old++) {
    const step = plan.numberOf.get(before.plan.ids[old]!);
    if (step === undefined) continue;
    phases[step] = before.phases[old]!;
    attempts[step] = before.attempts[old]!;
    interruptions[step] = before.interruptions[old]!;
    dueAt[step] = before.dueAt[old]!;
  }
  const counts = new Int32Array(stepPhases.length);
  const unmet = new Int32Array(size);
  const ready = new ReadySet(size);
  const now = { phases };
  for (let step = 0; step < size; step++) {
    counts[phases[step]!]!++;
    for (let edge = plan.needs.offsets[step]!; edge < plan.needs.offsets[step + 1]!; edge++) {
      if (phases[plan.needs.targets[edge]!] !== phaseCode.succeeded) unmet[step]!++;
    }
    for (let edge = plan.after.offsets[step]!; edge < plan.after.offsets[step + 1]!; edge++) {
      if (!hasEnded(now, plan.after.targets[edge]!)) unmet[step]!++;
    }
    if (unmet[step] === 0 && phases[step] === phaseCode.pending) ready.add(step);
  }
  return { plan, phases, attempts, interruptions, dueAt, unmet, ready, counts };
}

function hasEnded(state: Pick<RunState, "phases">, step: number): boolean {
  const phase = phaseOf(state, step);
  return (
    phase === "succeeded" || phase === "failed" || phase === "blocked" || phase === "timedOut" || phase === "canceled"
  );
}
