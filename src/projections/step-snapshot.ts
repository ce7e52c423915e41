import type { Blocker, Failure } from "../domain/failure.ts";
import type { StepDocument } from "../domain/graph-document.ts";
import type { EpochMs, Position, StepId } from "../domain/ids.ts";
import type { StepEvent } from "../domain/events.ts";
import type { StepStatus } from "../domain/status.ts";
import { addUsage } from "../domain/usage.ts";
import type { Usage } from "../domain/usage.ts";
import { activityOf } from "./activity.ts";

/** One step as it is at a position. Immutable: the next event of the step makes another one. */
export interface StepSnapshot {
  readonly id: StepId;
  readonly status: StepStatus;
  readonly definition: StepDocument;
  /** The newest attempt; 0 before the first. */
  readonly attempt: number;
  /** When the newest attempt started, or undefined. */
  readonly startedAt: EpochMs | undefined;
  /** When the step ended, or undefined. */
  readonly endedAt: EpochMs | undefined;
  /** Time that attempts have taken so far, waits between them left out; the attempt under way is not counted. */
  readonly workedMs: number;
  /** What all attempts asked of models; undefined where none told. */
  readonly usage: Usage | undefined;
  /** While running: the attempt's deadline. */
  readonly deadlineAt: EpochMs | undefined;
  /** While waiting for a retry: when it comes. */
  readonly retryAt: EpochMs | undefined;
  /** Whether a running attempt has been told to stop. */
  readonly isStopping: boolean;
  /** One line about what happened last. */
  readonly activity: string;
  /** Why the newest attempt did not succeed. */
  readonly failure: Failure | undefined;
  /** Why the step was canceled. */
  readonly reason: string | undefined;
  readonly blockedBy: readonly Blocker[] | undefined;
  /** Where the journal holds the step's end, and with it the output. */
  readonly endedAtPosition: Position | undefined;
}

export function pendingStep(definition: StepDocument): StepSnapshot {
  return {
    id: definition.id,
    status: "pending",
    definition,
    attempt: 0,
    startedAt: undefined,
    endedAt: undefined,
    workedMs: 0,
    usage: undefined,
    deadlineAt: undefined,
    retryAt: undefined,
    isStopping: false,
    activity: "",
    failure: undefined,
    reason: undefined,
    blockedBy: undefined,
    endedAtPosition: undefined,
  };
}

/** The step after one of its events. */
export function nextStep(step: StepSnapshot, event: StepEvent, at: EpochMs, position: Position): StepSnapshot {
  const activity = activityOf(event);
  switch (event.type) {
    case "step.started":
      return {
        ...step,
        status: "running",
        attempt: event.attempt,
        startedAt: at,
        deadlineAt: event.deadlineAt,
        retryAt: undefined,
        failure: undefined,
        activity,
      };
    case "step.progressed":
      return { ...step, activity };
    case "step.abortRequested":
      return { ...step, isStopping: true, activity };
    case "step.interrupted":
      // How long the attempt worked until its process was lost, nobody knows.
      return step.isStopping ? { ...step, activity } : { ...step, status: "pending", deadlineAt: undefined, activity };
    case "step.resumed":
      return { ...step, status: "running", startedAt: at, deadlineAt: event.deadlineAt, activity };
    case "step.retryScheduled":
      return {
        ...step,
        status: "pending",
        workedMs: step.workedMs + elapsedMs(step, at),
        deadlineAt: undefined,
        retryAt: event.retryAt,
        isStopping: false,
        failure: event.failure,
        usage: usageWith(step, event),
        activity,
      };
    case "step.retryDue":
      return { ...step, retryAt: undefined, activity };
    case "step.succeeded":
      return { ...ended(step, "succeeded", activity, at, position), usage: usageWith(step, event) };
    case "step.failed":
      return {
        ...ended(step, "failed", activity, at, position),
        failure: event.failure,
        usage: usageWith(step, event),
      };
    case "step.timedOut":
      return {
        ...ended(step, "timedOut", activity, at, position),
        failure: event.failure,
        usage: usageWith(step, event),
      };
    case "step.canceled":
      return {
        ...ended(step, "canceled", activity, at, position),
        failure: event.failure ?? step.failure,
        usage: usageWith(step, event),
        reason: event.reason,
      };
    case "step.blocked":
      return { ...ended(step, "blocked", activity, at, position), blockedBy: event.by };
  }
}

function usageWith(step: StepSnapshot, { usage }: { readonly usage?: Usage }): Usage | undefined {
  return usage === undefined || step.usage === undefined ? (usage ?? step.usage) : addUsage(step.usage, usage);
}

function ended(
  step: StepSnapshot,
  status: StepStatus,
  activity: string,
  at: EpochMs,
  position: Position,
): StepSnapshot {
  return {
    ...step,
    status,
    endedAt: at,
    workedMs: step.status === "running" ? step.workedMs + elapsedMs(step, at) : step.workedMs,
    deadlineAt: undefined,
    retryAt: undefined,
    isStopping: false,
    activity,
    endedAtPosition: position,
  };
}

/** Never negative, also when the clock was set back in between. */
function elapsedMs(step: StepSnapshot, at: EpochMs): number {
  return step.startedAt === undefined ? 0 : Math.max(0, at - step.startedAt);
}
