import type { Refusal, TimerFired } from "../domain/inputs.ts";
import { limits } from "../domain/limits.ts";
import type { RunEnd } from "../domain/status.ts";
import { emitRun } from "./emit-run.ts";
import { noticeDueAt } from "./notice-state.ts";
import { follows } from "./replay-changes.ts";
import { phaseCode } from "./run-state.ts";
import type { RunState } from "./run-state.ts";
import { refusal } from "./turn.ts";
import type { Turn } from "./turn.ts";

/** The time of a milestone has come. It names its number, so that the clock that armed it need not be the one that looks now. */
export function decideNotice(turn: Turn, input: Extract<TimerFired, { type: "notice.due" }>): Refusal | undefined {
  const { phase, notices } = turn.state;
  const isDue = phase === "running" && notices.pending.size > 0 && input.notice === notices.last + 1;
  if (!isDue) return refusal("stale", `Notice ${input.notice} is not waiting to be told.`);
  queueMilestone(turn);
  return undefined;
}

/** What a commit gave reason to tell is told in it, if the last milestone is long enough ago. None is while the run is being ended. */
export function queueDueMilestone(turn: Turn): void {
  const { state, at } = turn;
  if (state.phase !== "running" || !follows(turn.schema, "notices")) return;
  const dueAt = noticeDueAt(state.notices, state.plan.notices);
  if (dueAt !== undefined && at >= dueAt) queueMilestone(turn);
}

function queueMilestone(turn: Turn): void {
  const { notices, plan } = turn.state;
  const isLast = notices.milestones + 1 >= plan.notices.noticesMax;
  emitRun(turn, {
    type: "notify",
    notice: notices.last + 1,
    isTerminal: false,
    reasons: [...notices.pending],
    omittedReasons: notices.dropped,
    isLast,
    status: undefined,
  });
}

/** The run ends: its last notice says how, and carries what was still waiting to be told. Right before the end itself. */
export function queueTerminal(turn: Turn, status: RunEnd): void {
  const { state } = turn;
  const { notices, plan } = state;
  if (plan.notices.mode === "none" || !follows(turn.schema, "notices")) return;
  const reasons = new Set([`terminal:${status}`, ...misses(state), ...notices.pending]);
  const kept = [...reasons].slice(0, limits.noticeReasonsMax);
  emitRun(turn, {
    type: "notify",
    notice: notices.last + 1,
    isTerminal: true,
    reasons: kept,
    omittedReasons: notices.dropped + reasons.size - kept.length,
    isLast: false,
    status,
  });
}

/** Steps that failed, were blocked or timed out, in declared order. Linear in the steps, and only where there are any; once a run. */
function misses({ counts, phases, plan }: RunState): readonly string[] {
  const missed = [phaseCode.failed, phaseCode.blocked, phaseCode.timedOut];
  if (missed.every((code) => counts[code] === 0)) return [];
  const reasons: string[] = [];
  for (let step = 0; step < phases.length; step++) {
    const phase = phases[step]!;
    if (phase === phaseCode.failed) reasons.push(`step ${plan.ids[step]!} failed`);
    else if (phase === phaseCode.blocked) reasons.push(`step ${plan.ids[step]!} blocked`);
    else if (phase === phaseCode.timedOut) reasons.push(`step ${plan.ids[step]!} timed_out`);
  }
  return reasons;
}
