import { setup } from "xstate";
import type { StepEvent, StopCause, ProgressReport } from "../domain/events.ts";
import type { Blocker, Failure } from "../domain/failure.ts";
import type { EpochMs, StepId } from "../domain/ids.ts";
import type { StoredOutput } from "../domain/output.ts";
import type { Usage } from "../domain/usage.ts";

/**
 * What the kernel tells a step. What elsewhere would be a guard is here the signal's own type: the kernel knows from the
 * fold whether attempts are left, and sends `fail.retry` or `fail.final`. So the machine needs no context.
 */
export type StepSignal =
  | { readonly type: "start"; readonly step: StepId; readonly attempt: number; readonly deadlineAt: EpochMs }
  | { readonly type: "block"; readonly step: StepId; readonly by: readonly Blocker[] }
  | { readonly type: "cancel"; readonly step: StepId; readonly attempt: number; readonly reason: string }
  | {
      readonly type: "progress";
      readonly step: StepId;
      readonly attempt: number;
      readonly report: ProgressReport;
    }
  | {
      readonly type: "stop.cancel" | "stop.timeOut" | "stop.force";
      readonly step: StepId;
      readonly attempt: number;
      readonly cause: StopCause;
      readonly force: boolean;
    }
  | {
      readonly type: "succeed";
      readonly step: StepId;
      readonly attempt: number;
      readonly output: StoredOutput;
      readonly usage: Usage | undefined;
    }
  | {
      readonly type: "fail.retry";
      readonly step: StepId;
      readonly attempt: number;
      readonly failure: Failure;
      readonly partial: StoredOutput | undefined;
      readonly usage: Usage | undefined;
      readonly retryAt: EpochMs;
    }
  | {
      readonly type: "fail.final";
      readonly step: StepId;
      readonly attempt: number;
      readonly failure: Failure;
      readonly partial: StoredOutput | undefined;
      readonly usage: Usage | undefined;
      /** The run's reason to cancel; used only where a canceled attempt ends. */
      readonly reason: string;
    }
  | { readonly type: "due"; readonly step: StepId; readonly attempt: number }
  | { readonly type: "interrupt"; readonly step: StepId; readonly attempt: number }
  | { readonly type: "resume"; readonly step: StepId; readonly attempt: number; readonly deadlineAt: EpochMs };

type Signal<Type extends StepSignal["type"]> = Extract<StepSignal, { type: Type }>;

// What is not there is left out rather than undefined, so that an event is the same before and after its trip through JSON.
const partialOf = (signal: { readonly partial: StoredOutput | undefined }): { readonly partial?: StoredOutput } =>
  signal.partial === undefined ? {} : { partial: signal.partial };
const usageOf = (signal: { readonly usage: Usage | undefined }): { readonly usage?: Usage } =>
  signal.usage === undefined ? {} : { usage: signal.usage };

export const stepEventMakers = {
  started: ({ step, attempt, deadlineAt }: Signal<"start">): StepEvent => ({
    type: "step.started",
    step,
    attempt,
    deadlineAt,
  }),
  blocked: ({ step, by }: Signal<"block">): StepEvent => ({ type: "step.blocked", step, by }),
  neverStarted: ({ step, attempt, reason }: Signal<"cancel">): StepEvent => ({
    type: "step.canceled",
    step,
    attempt,
    reason,
  }),
  progressed: ({ step, attempt, report }: Signal<"progress">): StepEvent => ({
    type: "step.progressed",
    step,
    attempt,
    report,
  }),
  abortRequested: ({
    step,
    attempt,
    cause,
    force,
  }: Signal<"stop.cancel" | "stop.timeOut" | "stop.force">): StepEvent => ({
    type: "step.abortRequested",
    step,
    attempt,
    cause,
    force,
  }),
  succeeded: (signal: Signal<"succeed">): StepEvent => ({
    type: "step.succeeded",
    step: signal.step,
    attempt: signal.attempt,
    output: signal.output,
    ...usageOf(signal),
  }),
  retryScheduled: (signal: Signal<"fail.retry">): StepEvent => ({
    type: "step.retryScheduled",
    step: signal.step,
    attempt: signal.attempt,
    failure: signal.failure,
    retryAt: signal.retryAt,
    ...partialOf(signal),
    ...usageOf(signal),
  }),
  failed: (signal: Signal<"fail.final">): StepEvent => ({
    type: "step.failed",
    step: signal.step,
    attempt: signal.attempt,
    failure: signal.failure,
    ...partialOf(signal),
    ...usageOf(signal),
  }),
  timedOut: (signal: Signal<"fail.final">): StepEvent => ({
    type: "step.timedOut",
    step: signal.step,
    attempt: signal.attempt,
    failure: signal.failure,
    ...partialOf(signal),
    ...usageOf(signal),
  }),
  canceled: (signal: Signal<"fail.final">): StepEvent => ({
    type: "step.canceled",
    step: signal.step,
    attempt: signal.attempt,
    reason: signal.reason,
    failure: signal.failure,
    ...partialOf(signal),
    ...usageOf(signal),
  }),
  interrupted: ({ step, attempt }: Signal<"interrupt">): StepEvent => ({ type: "step.interrupted", step, attempt }),
  resumed: ({ step, attempt, deadlineAt }: Signal<"resume">): StepEvent => ({
    type: "step.resumed",
    step,
    attempt,
    deadlineAt,
  }),
  retryDue: ({ step, attempt }: Signal<"due">): StepEvent => ({ type: "step.retryDue", step, attempt }),
};

const step = setup({ types: { events: {} as StepSignal, emitted: {} as StepEvent } });

/** An action is the emission of one event, made from the signal alone; actions do nothing else. */
const emits = <Type extends StepSignal["type"]>(make: (signal: Signal<Type>) => StepEvent) =>
  step.emit(({ event }) => make(event as Signal<Type>));

/**
 * One step as a statechart. `canceling` and `timingOut` hold an attempt that was told to stop and has not ended yet: it keeps
 * its slot, and a result that was decided before the stop still counts in `canceling`. `waiting` is the time before a retry.
 * `interrupted` is an attempt whose process was lost: in the same commit it is resumed, made again, or ended.
 */
export const stepMachine = step
  .extend({
    actions: {
      started: emits(stepEventMakers.started),
      blocked: emits(stepEventMakers.blocked),
      neverStarted: emits(stepEventMakers.neverStarted),
      progressed: emits(stepEventMakers.progressed),
      abortRequested: emits(stepEventMakers.abortRequested),
      succeeded: emits(stepEventMakers.succeeded),
      interrupted: emits(stepEventMakers.interrupted),
      resumed: emits(stepEventMakers.resumed),
      retryScheduled: emits(stepEventMakers.retryScheduled),
      failed: emits(stepEventMakers.failed),
      timedOut: emits(stepEventMakers.timedOut),
      canceled: emits(stepEventMakers.canceled),
      retryDue: emits(stepEventMakers.retryDue),
    },
  })
  .createMachine({
    id: "step",
    initial: "pending",
    states: {
      pending: {
        on: {
          start: { target: "running", actions: "started" },
          block: { target: "blocked", actions: "blocked" },
          cancel: { target: "canceled", actions: "neverStarted" },
        },
      },
      running: {
        on: {
          progress: { target: "running", actions: "progressed" },
          succeed: { target: "succeeded", actions: "succeeded" },
          "fail.retry": { target: "waiting", actions: "retryScheduled" },
          "fail.final": { target: "failed", actions: "failed" },
          "stop.cancel": { target: "canceling", actions: "abortRequested" },
          "stop.timeOut": { target: "timingOut", actions: "abortRequested" },
          interrupt: { target: "interrupted", actions: "interrupted" },
        },
      },
      interrupted: {
        on: {
          resume: { target: "running", actions: "resumed" },
          due: { target: "pending", actions: "retryDue" },
          "fail.final": { target: "failed", actions: "failed" },
          cancel: { target: "canceled", actions: "neverStarted" },
        },
      },
      canceling: {
        on: {
          progress: { target: "canceling", actions: "progressed" },
          succeed: { target: "succeeded", actions: "succeeded" },
          "fail.final": { target: "canceled", actions: "canceled" },
          "stop.force": { target: "canceling", actions: "abortRequested" },
          interrupt: { target: "canceling", actions: "interrupted" },
        },
      },
      timingOut: {
        on: {
          progress: { target: "timingOut", actions: "progressed" },
          "fail.retry": { target: "waiting", actions: "retryScheduled" },
          "fail.final": { target: "timedOut", actions: "timedOut" },
          "stop.force": { target: "timingOut", actions: "abortRequested" },
          interrupt: { target: "timingOut", actions: "interrupted" },
        },
      },
      waiting: {
        on: {
          due: { target: "pending", actions: "retryDue" },
          cancel: { target: "canceled", actions: "neverStarted" },
        },
      },
      succeeded: {},
      failed: {},
      blocked: {},
      timedOut: {},
      canceled: {},
    },
  });

export type StepPhase =
  | "pending"
  | "running"
  | "canceling"
  | "timingOut"
  | "interrupted"
  | "waiting"
  | "succeeded"
  | "failed"
  | "blocked"
  | "timedOut"
  | "canceled";
