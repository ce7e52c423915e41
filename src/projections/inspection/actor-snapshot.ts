import type { StepEvent } from "../../domain/events.ts";
import { phaseCode, phaseOf, stepPhases } from "../../machines/run-state.ts";
import type { RunState } from "../../machines/run-state.ts";
import { activityOf } from "../activity.ts";
import { boundedValue } from "./bounded-value.ts";
import type { ActorSnapshot } from "./message.ts";
import type { ShownSteps } from "./shown-steps.ts";

/** The run's actor: how many steps are in each state, and how many of them are not shown. */
export function runSnapshotOf(state: RunState, name: string, shown: ShownSteps): ActorSnapshot {
  const { phase, plan } = state;
  const steps: Record<string, number> = {};
  for (const [code, stepPhase] of stepPhases.entries()) {
    const count = state.counts[code]!;
    if (count > 0) steps[stepPhase] = count;
  }
  const hidden = plan.steps.length - shown.size;
  const full = shown.refused === 0 ? "" : `; ${shown.refused} of them for want of room: at most ${shown.stepsMax} are`;
  const context = {
    run: state.run,
    name,
    position: state.position,
    steps,
    ...(hidden === 0 ? {} : { notShown: `${hidden} of ${plan.steps.length} steps not shown${full}` }),
  };
  const isStopped = phase === "canceled" || phase === "expired" || phase === "cleaned";
  const hasEnded = phase === "succeeded" || phase === "mixed" || phase === "failed";
  if (hasEnded) return { ...actor(phase, context), status: "done", output: undefined, error: undefined };
  return { ...actor(phase, context), status: isStopped ? "stopped" : "active", output: undefined, error: undefined };
}

/** A step's actor, after one of its events if there was one. */
export function stepSnapshotOf(state: RunState, number: number, event?: StepEvent): ActorSnapshot {
  const phase = phaseOf(state, number);
  const isDueAtSomeTime = phase === "running" || phase === "waiting";
  const context = {
    step: state.plan.ids[number]!,
    attempt: state.attempts[number]!,
    ...(isDueAtSomeTime ? { [phase === "running" ? "deadlineAt" : "retryAt"]: state.dueAt[number]! } : {}),
    ...(event === undefined ? {} : { activity: activityOf(event) }),
  };
  const base = actor(phase, context);
  switch (state.phases[number]) {
    case phaseCode.succeeded: {
      const output = event?.type === "step.succeeded" ? boundedValue(event.output.value) : undefined;
      return { ...base, status: "done", output, error: undefined };
    }
    case phaseCode.failed:
    case phaseCode.timedOut: {
      const failure = event !== undefined && "failure" in event ? event.failure : undefined;
      return { ...base, status: "error", output: undefined, error: boundedValue(failure ?? { kind: phase }) };
    }
    case phaseCode.blocked:
    case phaseCode.canceled:
      return { ...base, status: "stopped", output: undefined, error: undefined };
    default:
      return { ...base, status: "active", output: undefined, error: undefined };
  }
}

function actor(value: string, context: Readonly<Record<string, unknown>>) {
  return { value, context, historyValue: {}, tags: [], children: {} };
}
