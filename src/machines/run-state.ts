import type { EpochMs, Position, RunId, RunLife } from "../domain/ids.ts";
import type { RunEnd } from "../domain/status.ts";
import { compileMachine } from "./compile-machine.ts";
import type { Plan } from "./plan.ts";
import { planOf } from "./plan.ts";
import { ReadySet } from "./ready-set.ts";
import { runEventMakers, runMachine } from "./run-machine.ts";
import type { RunPhase, RunSignal } from "./run-machine.ts";
import { messageEventMakers, messageMachine } from "./message-machine.ts";
import type { MessagePhase, MessageSignal } from "./message-machine.ts";
import { noMessages } from "./message-state.ts";
import type { MessageState } from "./message-state.ts";
import { stepEventMakers, stepMachine } from "./step-machine.ts";
import { noNotices } from "./notice-state.ts";
import type { NoticeState } from "./notice-state.ts";
import type { StepPhase, StepSignal } from "./step-machine.ts";
import type { MessageEvent, Owner, RunEvent, StepEvent } from "../domain/events.ts";

export const runTable = compileMachine<RunPhase, RunSignal, RunEvent>(runMachine, runEventMakers);
export const stepTable = compileMachine<StepPhase, StepSignal, StepEvent>(stepMachine, stepEventMakers);
export const messageTable = compileMachine<MessagePhase, MessageSignal, MessageEvent>(
  messageMachine,
  messageEventMakers,
);

/** The number of each phase of a step, as {@link RunState.phases} holds it. */
export const stepPhases: readonly StepPhase[] = stepTable.states;
export const phaseCode = Object.fromEntries(stepPhases.map((phase, code) => [phase, code])) as Readonly<
  Record<StepPhase, number>
>;

/**
 * All that a run's machines know: the fold of its events. Owned by one run actor, which alone changes it, through `evolve`.
 * Facts about steps stand in flat arrays indexed by the step's number.
 */
export interface RunState {
  run: RunId;
  life: RunLife;
  owner: Owner;
  /** How often the run has had an owner, this one included. */
  epoch: number;
  phase: RunPhase;
  /** How the run ended, also after it was cleaned up; `failed` until then. */
  endedAs: RunEnd;
  cleanupAt: EpochMs | undefined;
  position: Position;
  startedAt: EpochMs;
  deadlineAt: EpochMs;
  plan: Plan;
  /** Each step's phase, as {@link phaseCode}. */
  phases: Uint8Array;
  /** Each step's newest attempt; 0 before the first. */
  attempts: Uint8Array;
  /** How many of each step's attempts were lost with their process. */
  interruptions: Uint8Array;
  /** When a running step's attempt times out, and when a waiting step's retry comes; else what it was last. */
  dueAt: Float64Array;
  /** How many of each step's dependencies do not yet let it start. */
  unmet: Int32Array;
  /** Steps that may start, as soon as a slot is free. */
  ready: ReadySet;
  /** How many steps are in each phase, by {@link phaseCode}. */
  counts: Int32Array;
  /** Why steps end as canceled. */
  stopReason: string;
  /** Whether a cancel asked for force. */
  isForced: boolean;
  /** Code and message of every diagnostic so far. */
  diagnostics: Set<string>;
  messages: MessageState;
  notices: NoticeState;
}

export function initialState(): RunState {
  return {
    run: "",
    life: "",
    owner: { host: "", pid: 0, processStart: "" },
    epoch: 0,
    phase: runTable.initial,
    endedAs: "failed",
    cleanupAt: undefined,
    position: 0,
    startedAt: 0,
    deadlineAt: 0,
    ...emptyArrays(planOf({ name: "", objective: "", steps: [] })),
    stopReason: "",
    isForced: false,
    diagnostics: new Set(),
    messages: noMessages(),
    notices: noNotices(),
  };
}

/** What {@link RunState} holds of a plan before anything has happened. */
export function emptyArrays(
  plan: Plan,
): Pick<RunState, "plan" | "phases" | "attempts" | "interruptions" | "dueAt" | "unmet" | "ready" | "counts"> {
  const size = plan.steps.length;
  const unmet = new Int32Array(size);
  const ready = new ReadySet(size);
  for (let number = 0; number < size; number++) {
    unmet[number] =
      plan.needs.offsets[number + 1]! -
      plan.needs.offsets[number]! +
      plan.after.offsets[number + 1]! -
      plan.after.offsets[number]!;
    if (unmet[number] === 0) ready.add(number);
  }
  const counts = new Int32Array(stepPhases.length);
  counts[phaseCode.pending] = size;
  return {
    plan,
    phases: new Uint8Array(size).fill(phaseCode.pending),
    attempts: new Uint8Array(size),
    interruptions: new Uint8Array(size),
    dueAt: new Float64Array(size),
    unmet,
    ready,
    counts,
  };
}

export function phaseOf(state: Pick<RunState, "phases">, step: number): StepPhase {
  return stepPhases[state.phases[step]!]!;
}

/** Steps that hold a slot: an attempt keeps its slot until it has ended, also while it is being stopped. */
export function slotsTaken({ counts }: RunState): number {
  return counts[phaseCode.running]! + counts[phaseCode.canceling]! + counts[phaseCode.timingOut]!;
}

export function stepsEnded({ counts }: RunState): number {
  return (
    counts[phaseCode.succeeded]! +
    counts[phaseCode.failed]! +
    counts[phaseCode.blocked]! +
    counts[phaseCode.timedOut]! +
    counts[phaseCode.canceled]!
  );
}

export function isLive({ phase }: RunState): boolean {
  return phase === "running" || phase === "canceling" || phase === "expiring";
}
