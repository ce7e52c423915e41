import type { ArtifactRef } from "../domain/artifact.ts";
import type { Failure } from "../domain/failure.ts";
import type { Refusal, Report, TimerFired } from "../domain/inputs.ts";
import { attemptsMaxOf, backoffMs } from "../domain/retry-policy.ts";
import { decideMessageReport } from "./decide-message.ts";
import { follows } from "./replay-changes.ts";
import { isLive, phaseCode, phaseOf } from "./run-state.ts";
import { blockDependents, emitStep } from "./emit.ts";
import { emitRun } from "./emit-run.ts";
import { refusal } from "./turn.ts";
import type { Turn } from "./turn.ts";

/** What an executor reports about an attempt. A report of an attempt that is over is refused, whatever it says. */
export function decideReport(turn: Turn, report: Report): Refusal | undefined {
  const { state } = turn;
  const step = state.plan.numberOf.get(report.step);
  if (step === undefined) return refusal("unknownStep", `The graph has no step ${report.step}.`);
  const phase = phaseOf(state, step);
  const holdsSlot = phase === "running" || phase === "canceling" || phase === "timingOut";
  if (!holdsSlot || state.attempts[step] !== report.attempt) {
    return refusal("stale", `Attempt ${report.attempt} of step ${report.step} is over.`);
  }
  switch (report.type) {
    case "step.progress":
      emitStep(turn, step, {
        type: "progress",
        step: report.step,
        attempt: report.attempt,
        report: report.report,
      });
      return undefined;
    case "step.succeed":
      storeArtifacts(turn, report);
      if (phase === "timingOut") {
        // A deadline is a promise: what comes after it is kept as evidence, but it is not a success.
        const { output: partial, usage } = report;
        const spent = usage === undefined ? {} : { usage };
        failStep(turn, step, report.attempt, { failure: tooLate, partial, ...spent, jitter: 0 });
      } else {
        const { output, usage } = report;
        emitStep(turn, step, { type: "succeed", step: report.step, attempt: report.attempt, output, usage });
      }
      return undefined;
    case "step.fail":
      storeArtifacts(turn, report);
      failStep(turn, step, report.attempt, report);
      return undefined;
    case "message.report":
      return decideMessageReport(turn, report);
  }
}

const tooLate: Failure = { kind: "timedOut", message: "The work ended well, but only after its deadline." };

function storeArtifacts(
  turn: Turn,
  report: { readonly step: string; readonly attempt: number; readonly artifacts?: readonly ArtifactRef[] },
): void {
  if (report.artifacts === undefined) return;
  for (const artifact of report.artifacts) {
    emitRun(turn, { type: "store", step: report.step, attempt: report.attempt, artifact });
  }
}

/** How an attempt ended without success. */
type Miss = Pick<Extract<Report, { type: "step.fail" }>, "failure" | "partial" | "usage" | "jitter">;

/** An attempt has ended without success: the step is tried again as its policy says, or ends with it. */
export function failStep(turn: Turn, step: number, attempt: number, { failure, partial, usage, jitter }: Miss): void {
  const { state, at } = turn;
  const { id, retry } = state.plan.steps[step]!;
  // An attempt that was lost with its process was none of the step's own failures.
  const failures = attempt - state.interruptions[step]!;
  const mayRetry = state.phase === "running" && failure.final !== true && failures < attemptsMaxOf(retry);
  const retryAt = mayRetry ? at + backoffMs(retry, failures, jitter) : Number.POSITIVE_INFINITY;
  if (mayRetry && (retryAt < state.deadlineAt || !follows(turn.schema, "retryWithinDeadline"))) {
    emitStep(turn, step, { type: "fail.retry", step: id, attempt, failure, partial, usage, retryAt });
    if (retryAt <= at) emitStep(turn, step, { type: "due", step: id, attempt });
    return;
  }
  emitStep(turn, step, { type: "fail.final", step: id, attempt, failure, partial, usage, reason: state.stopReason });
  blockDependents(turn, step);
}

/** The time of a retry has come. */
export function decideRetry(turn: Turn, input: Extract<TimerFired, { type: "step.retry" }>): Refusal | undefined {
  const { state } = turn;
  const step = state.plan.numberOf.get(input.step);
  if (step === undefined) return refusal("unknownStep", `The graph has no step ${input.step}.`);
  if (state.phases[step] !== phaseCode.waiting || state.attempts[step] !== input.attempt) {
    return refusal("stale", `Step ${input.step} does not wait for a retry after attempt ${input.attempt}.`);
  }
  emitStep(turn, step, { type: "due", step: input.step, attempt: input.attempt });
  return undefined;
}

/** An attempt has passed its deadline. */
export function decideTimeOut(turn: Turn, input: Extract<TimerFired, { type: "step.timeOut" }>): Refusal | undefined {
  const { state } = turn;
  const step = state.plan.numberOf.get(input.step);
  if (step === undefined) return refusal("unknownStep", `The graph has no step ${input.step}.`);
  if (!isLive(state) || state.phases[step] !== phaseCode.running || state.attempts[step] !== input.attempt) {
    return refusal("stale", `Attempt ${input.attempt} of step ${input.step} is not running.`);
  }
  const { step: id, attempt } = input;
  emitStep(turn, step, { type: "stop.timeOut", step: id, attempt, cause: "timedOut", force: false });
  return undefined;
}
