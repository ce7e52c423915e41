import type { Event } from "../domain/events.ts";
import type { EpochMs } from "../domain/ids.ts";
import { limits } from "../domain/limits.ts";
import type { NoticeNumber } from "../domain/notice.ts";
import type { NoticePlan } from "./plan.ts";

/** What the machines know of a run's notices. Its size is bounded by `limits.noticeReasonsMax`. */
export interface NoticeState {
  /** The number of the newest notice; 0 before the first. */
  last: NoticeNumber;
  /** How many milestones this run has queued: those of a past that it was forked from do not count. */
  milestones: number;
  /** When the newest of them was queued. */
  lastAt: EpochMs | undefined;
  /** Why there should be another notice, each reason once, in the order in which they came up. */
  readonly pending: Set<string>;
  /** Reasons that found no place among those, or came after the last milestone. */
  dropped: number;
}

export function noNotices(): NoticeState {
  return { last: 0, milestones: 0, lastAt: undefined, pending: new Set(), dropped: 0 };
}

/** Takes down why there should be a milestone. Constant time: beyond the bounds it only counts. */
export function addReason(state: NoticeState, plan: NoticePlan, reason: string): void {
  if (plan.mode !== "milestones" || state.pending.has(reason)) return;
  if (takesReasons(state, plan)) state.pending.add(reason);
  else state.dropped++;
}

/** Whether another reason finds a place. */
export function takesReasons({ milestones, pending }: NoticeState, { noticesMax }: NoticePlan): boolean {
  return milestones < noticesMax && pending.size < limits.noticeReasonsMax;
}

/** Folds a notice: what was pending is in it. */
export function evolveNotice(state: NoticeState, event: Extract<Event, { type: "notice.queued" }>, at: EpochMs): void {
  state.last = event.notice;
  if (!event.isTerminal) {
    state.milestones++;
    state.lastAt = at;
  }
  state.pending.clear();
  state.dropped = 0;
}

/** A fork has notices of its own; only their numbers go on, because its journal holds those of its past. */
export function forkNotices(state: NoticeState): void {
  state.milestones = 0;
  state.lastAt = undefined;
  state.pending.clear();
  state.dropped = 0;
}

/** When what is pending may be told; undefined where nothing is. In the past where it may be told at once. */
export function noticeDueAt({ pending, lastAt }: NoticeState, { intervalMs }: NoticePlan): EpochMs | undefined {
  if (pending.size === 0) return undefined;
  return lastAt === undefined ? 0 : lastAt + intervalMs;
}

/**
 * Whether a diagnostic is a reason for a notice. What is said in passing is none, nor is a line that a program wrote where nobody
 * reads it, nor what observers of the run did wrong: that would be told to the very ones who did it.
 */
export function isWorthNotice({ code, severity }: Extract<Event, { type: "diagnostic.recorded" }>): boolean {
  return severity !== "info" && !passing.has(code);
}

const passing: ReadonlySet<string> = new Set(["agent-stray-lines", "observer-failed", "notice-failed"]);
