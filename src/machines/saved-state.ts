import type { EpochMs, Position, RunId, RunLife } from "../domain/ids.ts";
import type { Owner } from "../domain/events.ts";
import type { GraphDocument } from "../domain/graph-document.ts";
import type { RunEnd } from "../domain/status.ts";
import type { MessageState, OpenMessage, StepMessages } from "./message-state.ts";
import type { NoticeState } from "./notice-state.ts";
import { planOf } from "./plan.ts";
import { regraphed } from "./regraph.ts";
import { initialState, stepPhases } from "./run-state.ts";
import type { RunState } from "./run-state.ts";
import type { RunPhase } from "./run-machine.ts";

/**
 * A state as JSON, without its graph. What follows from the rest (unmet dependencies, the ready set, counts) is left out, so that it
 * cannot contradict it.
 */
export interface SavedState {
  readonly run: RunId;
  readonly life: RunLife;
  readonly owner: Owner;
  readonly epoch: number;
  readonly phase: RunPhase;
  readonly endedAs: RunEnd;
  readonly cleanupAt?: EpochMs;
  readonly position: Position;
  readonly startedAt: EpochMs;
  readonly deadlineAt: EpochMs;
  readonly stopReason: string;
  readonly isForced: boolean;
  readonly diagnostics: readonly string[];
  readonly messages: SavedMessages;
  readonly notices: SavedNotices;
  /** The names of the phases by which `phases` counts: another version may have others. */
  readonly phaseNames: readonly string[];
  readonly phases: readonly number[];
  readonly attempts: readonly number[];
  readonly interruptions: readonly number[];
  readonly dueAt: readonly number[];
}

interface SavedNotices extends Omit<NoticeState, "pending" | "lastAt"> {
  readonly lastAt?: EpochMs;
  readonly pending: readonly string[];
}

interface SavedMessages {
  readonly last: number;
  readonly keys: readonly (readonly [string, string])[];
  readonly ofStep: readonly (readonly [
    string,
    Omit<StepMessages, "open"> & { readonly open: readonly (readonly [number, OpenMessage])[] },
  ])[];
}

/** Linear in the steps, and in the messages that had keys. */
export function saveState(state: RunState): SavedState {
  const { cleanupAt } = state;
  return {
    run: state.run,
    life: state.life,
    owner: state.owner,
    epoch: state.epoch,
    phase: state.phase,
    endedAs: state.endedAs,
    ...(cleanupAt === undefined ? {} : { cleanupAt }),
    position: state.position,
    startedAt: state.startedAt,
    deadlineAt: state.deadlineAt,
    stopReason: state.stopReason,
    isForced: state.isForced,
    diagnostics: [...state.diagnostics],
    messages: saveMessages(state.messages),
    notices: saveNotices(state.notices),
    phaseNames: stepPhases,
    phases: [...state.phases],
    attempts: [...state.attempts],
    interruptions: [...state.interruptions],
    dueAt: [...state.dueAt],
  };
}

/** The state that gave `saved`, with the graph that it had; undefined where the two do not fit. Linear in steps and edges. */
export function restoreState(saved: SavedState, graph: GraphDocument): RunState | undefined {
  const { diagnostics, messages, notices, phaseNames, phases, attempts, interruptions, dueAt, cleanupAt, ...facts } =
    saved;
  const plan = planOf(graph);
  const isOfGraph = phases.length === plan.steps.length && String(phaseNames) === String(stepPhases);
  if (!isOfGraph) return undefined;
  const arrays = {
    plan,
    phases: Uint8Array.from(phases),
    attempts: Uint8Array.from(attempts),
    interruptions: Uint8Array.from(interruptions),
    dueAt: Float64Array.from(dueAt),
  };
  const sets = {
    diagnostics: new Set(diagnostics),
    messages: restoreMessages(messages),
    notices: restoreNotices(notices),
  };
  const state: RunState = { ...initialState(), ...facts, ...arrays, cleanupAt, ...sets };
  return { ...state, ...regraphed(state, plan) };
}

function saveNotices({ lastAt, pending, ...counts }: NoticeState): SavedNotices {
  return { ...counts, ...(lastAt === undefined ? {} : { lastAt }), pending: [...pending] };
}

function restoreNotices({ last, milestones, lastAt, pending, dropped }: SavedNotices): NoticeState {
  return { last, milestones, lastAt, pending: new Set(pending), dropped };
}

/** What changes later is copied, so that what was saved stays as it was. */
function saveMessages({ last, keys, ofStep }: MessageState): SavedMessages {
  const steps = Array.from(ofStep, ([step, { open, ...rest }]) => {
    return [step, { ...rest, open: Array.from(open, ([message, one]) => [message, { ...one }] as const) }] as const;
  });
  return { last, keys: [...keys], ofStep: steps };
}

function restoreMessages({ last, keys, ofStep }: SavedMessages): MessageState {
  const steps = ofStep.map(([step, { open, ...rest }]) => {
    // A key that was undefined is not there after the way through JSON: it is named once more.
    const opened = open.map(([message, one]) => [message, { ...one, key: one.key }] as const);
    return [step, { ...rest, open: new Map(opened) }] as const;
  });
  return { last, keys: new Map(keys), ofStep: new Map(steps) };
}
