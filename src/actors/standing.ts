import { noticeDueAt } from "../machines/notice-state.ts";
import { phaseCode } from "../machines/run-state.ts";
import type { RunState } from "../machines/run-state.ts";
import type { EffectsHost, Standing } from "./effects.ts";

/** What a run that comes here has been waiting for. Linear in the steps; asked once. */
export function standingOf({ phase, deadlineAt, plan, phases, attempts, dueAt }: RunState): Standing {
  const retries: Standing["retries"][number][] = [];
  for (let step = 0; step < phases.length; step++) {
    if (phases[step] !== phaseCode.waiting) continue;
    retries.push({ step: plan.ids[step]!, attempt: attempts[step]!, retryAt: dueAt[step]! });
  }
  return { deadlineAt: phase === "running" ? deadlineAt : undefined, retries };
}

/** The milestone that waits for its time. What is recorded decides, so a run that is taken over goes on waiting. */
export function nextNoticeOf({ phase, notices, plan }: RunState): ReturnType<EffectsHost["nextNotice"]> {
  const dueAt = phase === "running" ? noticeDueAt(notices, plan.notices) : undefined;
  if (dueAt === undefined) return undefined;
  return { notice: notices.last + 1, dueAt, intervalMs: plan.notices.intervalMs };
}
