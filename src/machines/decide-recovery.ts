import type { Failure } from "../domain/failure.ts";
import type { StepId } from "../domain/ids.ts";
import type { Command, Refusal } from "../domain/inputs.ts";
import { limits } from "../domain/limits.ts";
import { failStep } from "./decide-step.ts";
import { closeMessages, resendMessages } from "./emit-message.ts";
import { planOf } from "./plan.ts";
import { changeOfPast } from "./regraph.ts";
import { isLive, phaseOf } from "./run-state.ts";
import { expireRun } from "./stop-steps.ts";
import { blockDependents, emitStep } from "./emit.ts";
import { emitRun } from "./emit-run.ts";
import { refusal } from "./turn.ts";
import type { Turn } from "./turn.ts";

/**
 * Another process takes the run over: every attempt that was under way is interrupted, and each step goes on as its graph says. A
 * run whose deadline has passed meanwhile expires in the same commit, before anything is started that would only be stopped.
 */
export function decideRecover(turn: Turn, input: Extract<Command, { type: "run.recover" }>): Refusal | undefined {
  const { state, at } = turn;
  if (input.epoch !== state.epoch + 1) {
    return refusal("stale", `Run ${state.run} is in epoch ${state.epoch}, so the next owner has ${state.epoch + 1}.`);
  }
  const { owner, epoch, places } = input;
  emitRun(turn, { type: "recover", owner, epoch, places });
  const { lost, stopped } = interrupt(turn);
  // The deadline passed while nobody was there, so it comes before whatever the recovery leads to.
  const isExpired = state.phase === "running" && at >= state.deadlineAt;
  if (isExpired) expireRun(turn);
  endStopped(turn, stopped);
  if (!isExpired) {
    goOn(turn, lost, new Set(input.resumable), (step) => state.plan.steps[step]!.onInterrupted !== "fail");
  }
  return undefined;
}

/**
 * A new run takes another one's past for its own. Steps that have ended stay as they are; attempts that were under way there are
 * none of its own, so they are made again.
 */
export function decideFork(turn: Turn, input: Extract<Command, { type: "run.fork" }>): Refusal | undefined {
  const { state, at } = turn;
  if (state.phase !== "running") {
    const what = isLive(state) ? "was being ended" : "had ended";
    return refusal("past", `it ${what} by then, so nothing is left to run. Fork it at an earlier position.`);
  }
  const { type: _, graph, definitions, ...rest } = input;
  const change = graph === undefined ? undefined : changeOfPast(state, graph);
  if (change !== undefined) return refusal("past", change);
  const { runMs } = graph === undefined ? state.plan : planOf(graph);
  emitRun(turn, { type: "fork", graph, ...rest, epoch: 1, deadlineAt: at + runMs, definitions });
  if (graph !== undefined) blockByPast(turn);
  const { lost, stopped } = interrupt(turn);
  endStopped(turn, stopped);
  goOn(turn, lost, new Set(), () => true);
  return undefined;
}

/** An edited step may need one that has ended without success. */
function blockByPast(turn: Turn): void {
  const { state } = turn;
  for (let step = 0; step < state.phases.length; step++) {
    const phase = phaseOf(state, step);
    const isLost = phase === "failed" || phase === "blocked" || phase === "timedOut" || phase === "canceled";
    if (isLost) blockDependents(turn, step);
  }
}

/** Every attempt under way is lost, whether it was being stopped or not. */
function interrupt(turn: Turn): { readonly lost: readonly number[]; readonly stopped: readonly number[] } {
  const { state } = turn;
  const lostSteps: number[] = [];
  const stopped: number[] = [];
  for (let step = 0; step < state.phases.length; step++) {
    const phase = phaseOf(state, step);
    if (phase !== "running" && phase !== "canceling" && phase !== "timingOut") continue;
    const attempt = state.attempts[step]!;
    const id = state.plan.ids[step]!;
    emitStep(turn, step, { type: "interrupt", step: id, attempt });
    (phase === "running" ? lostSteps : stopped).push(step);
    // It was on its way to an end that it would not have reported; what it had read of its messages, nobody knows.
    if (phase !== "running") closeMessages(turn, id, true);
  }
  return { lost: lostSteps, stopped };
}

/** An attempt that was being stopped has come to its end. */
function endStopped(turn: Turn, stopped: readonly number[]): void {
  for (const step of stopped)
    failStep(turn, step, turn.state.attempts[step]!, { failure: lostWhileStopping, jitter: 0 });
}

function goOn(
  turn: Turn,
  lostSteps: readonly number[],
  resumable: ReadonlySet<StepId>,
  mayRunAgain: (step: number) => boolean,
): void {
  const { state } = turn;
  for (const step of lostSteps) {
    const id = state.plan.ids[step]!;
    const attempt = state.attempts[step]!;
    if (resumable.has(id)) {
      emitStep(turn, step, { type: "resume", step: id, attempt, deadlineAt: state.dueAt[step]! });
      resendMessages(turn, id, attempt);
    } else if (mayRunAgain(step) && state.interruptions[step]! < limits.interruptionsMax) {
      emitStep(turn, step, { type: "due", step: id, attempt });
    } else {
      const failure = mayRunAgain(step) ? lostTooOften : lost;
      emitStep(turn, step, {
        type: "fail.final",
        step: id,
        attempt,
        failure,
        partial: undefined,
        usage: undefined,
        reason: "",
      });
      blockDependents(turn, step);
    }
  }
}

const lost: Failure = {
  kind: "interrupted",
  message: "The process that ran it was lost, and it may not be run again. What it had done by then is unknown.",
};

const lostTooOften: Failure = {
  kind: "interrupted",
  message: `The process that ran it was lost ${limits.interruptionsMax} times. It is not run again.`,
};

const lostWhileStopping: Failure = {
  kind: "interrupted",
  message: "It had been told to stop, and the process that ran it was lost.",
};
