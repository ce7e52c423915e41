import { brokenInvariant } from "../domain/errors.ts";
import type { Event, StepEvent } from "../domain/events.ts";
import type { EpochMs } from "../domain/ids.ts";
import { limits } from "../domain/limits.ts";
import type { Edges } from "./plan.ts";
import { isSink, planOf } from "./plan.ts";
import { carryOver, evolveMessage } from "./message-state.ts";
import { addReason, takesReasons, evolveNotice, forkNotices, isWorthNotice } from "./notice-state.ts";
import type { StepPhase } from "./step-machine.ts";
import { regraphed } from "./regraph.ts";
import { emptyArrays, phaseCode } from "./run-state.ts";
import type { RunState } from "./run-state.ts";

/**
 * Folds one event into the state: the only thing that ever changes it. Reads nothing but its arguments, decides nothing, and
 * takes time linear in the edges of the step that the event names.
 */
export function evolve(state: RunState, event: Event, at: EpochMs): void {
  state.position++;
  switch (event.type) {
    case "run.started":
      state.run = event.run;
      state.life = event.life;
      state.owner = event.owner;
      state.epoch = event.epoch;
      state.phase = "running";
      state.startedAt = at;
      state.deadlineAt = event.deadlineAt;
      Object.assign(state, emptyArrays(planOf(event.graph)));
      return;
    case "run.recovered":
      state.owner = event.owner;
      state.epoch = event.epoch;
      return;
    case "run.forked":
      state.run = event.run;
      state.life = event.life;
      state.owner = event.owner;
      state.epoch = event.epoch;
      state.startedAt = at;
      state.deadlineAt = event.deadlineAt;
      if (event.graph !== undefined) Object.assign(state, regraphed(state, planOf(event.graph)));
      forkNotices(state.notices);
      return;
    case "run.cancelRequested":
      // A run that passed its deadline stays expired, however urgently it is then canceled.
      if (state.phase === "running") {
        state.phase = "canceling";
        state.stopReason = event.reason;
      }
      state.isForced ||= event.force;
      return;
    case "run.expired":
      state.phase = "expiring";
      state.stopReason = "The run passed its deadline.";
      return;
    case "run.settled":
      state.phase = event.status;
      state.endedAs = event.status;
      state.cleanupAt = event.cleanupAt;
      return;
    case "run.cleaned":
      state.phase = "cleaned";
      return;
    case "diagnostic.recorded":
      state.diagnostics.add(`${event.code}\n${event.message}`);
      if (state.phase === "running" && isWorthNotice(event)) {
        addReason(state.notices, state.plan.notices, `diagnostic:${event.code}`.slice(0, limits.noticeReasonCharsMax));
      }
      return;
    case "notice.queued":
      evolveNotice(state.notices, event, at);
      return;
    case "artifact.stored":
      return;
    case "message.sent":
    case "message.accepted":
    case "message.consumed":
    case "message.denied":
    case "message.unknown":
      evolveMessage(state.messages, event);
      return;
    default:
      evolveStep(state, event);
  }
}

function evolveStep(state: RunState, event: StepEvent): void {
  const step = state.plan.numberOf.get(event.step);
  if (step === undefined) throw brokenInvariant(`an event names a step of its graph, not ${event.step}`);
  switch (event.type) {
    case "step.started":
      state.attempts[step] = event.attempt;
      state.dueAt[step] = event.deadlineAt;
      enter(state, step, "running");
      if (state.messages.ofStep.size > 0) carryOver(state.messages, event.step, event.attempt);
      return;
    case "step.progressed":
      return;
    case "step.abortRequested":
      enter(state, step, event.cause === "timedOut" ? "timingOut" : "canceling");
      return;
    case "step.interrupted":
      // An attempt that was being stopped stays so until it is ended, in the same commit.
      if (state.phases[step] !== phaseCode.running) return;
      state.interruptions[step]!++;
      enter(state, step, "interrupted");
      return;
    case "step.resumed":
      // It goes on, so it was not lost after all; how often it may do so is bounded by its own deadline.
      state.interruptions[step]!--;
      enter(state, step, "running");
      return;
    case "step.retryScheduled":
      state.dueAt[step] = event.retryAt;
      enter(state, step, "waiting");
      return;
    case "step.retryDue":
      enter(state, step, "pending");
      state.ready.add(step);
      return;
    case "step.succeeded":
      enter(state, step, "succeeded");
      noteEnd(state, step, "succeeded");
      meet(state, state.plan.neededBy, step);
      meet(state, state.plan.followedBy, step);
      return;
    case "step.failed":
      enter(state, step, "failed");
      noteEnd(state, step, "failed");
      meet(state, state.plan.followedBy, step);
      return;
    case "step.timedOut":
      enter(state, step, "timedOut");
      noteEnd(state, step, "timed_out");
      meet(state, state.plan.followedBy, step);
      return;
    case "step.canceled":
      enter(state, step, "canceled");
      noteEnd(state, step, "canceled");
      meet(state, state.plan.followedBy, step);
      return;
    case "step.blocked":
      enter(state, step, "blocked");
      noteEnd(state, step, "blocked");
      meet(state, state.plan.followedBy, step);
  }
}

/** The attempt is over, or the step: nothing can become of its messages any more. */
const closes: ReadonlySet<StepPhase> = new Set(["waiting", "succeeded", "failed", "blocked", "timedOut", "canceled"]);

function enter(state: RunState, step: number, phase: StepPhase): void {
  if (state.messages.ofStep.size > 0 && closes.has(phase)) state.messages.ofStep.delete(state.plan.ids[step]!);
  const before = state.phases[step]!;
  if (before === phaseCode.pending) state.ready.delete(step);
  state.counts[before]!--;
  state.phases[step] = phaseCode[phase];
  state.counts[phaseCode[phase]]!++;
}

/** One dependency of each dependent no longer keeps it from starting. */
function meet(state: RunState, { offsets, targets }: Edges, step: number): void {
  for (let edge = offsets[step]!; edge < offsets[step + 1]!; edge++) {
    const dependent = targets[edge]!;
    if (--state.unmet[dependent]! === 0 && state.phases[dependent] === phaseCode.pending) state.ready.add(dependent);
  }
}

/** A step has ended: a reason for a notice where it is one of the run's results, or has not succeeded. */
function noteEnd(state: RunState, step: number, status: string): void {
  const { plan, notices } = state;
  if (state.phase !== "running" || plan.notices.mode !== "milestones") return;
  const isResult = isSink(plan, step);
  const isMiss = status !== "succeeded";
  if (!isResult && !isMiss) return;
  // Of a hundred thousand results the names of most are never told, so they need not be made.
  if (!takesReasons(notices, plan.notices)) {
    notices.dropped += Number(isResult) + Number(isMiss);
    return;
  }
  const id = plan.ids[step]!;
  if (isResult) addReason(notices, plan.notices, `sink ${id} ${status}`);
  if (isMiss) addReason(notices, plan.notices, `step ${id} ${status}`);
}
