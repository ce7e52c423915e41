import type { EpochMs, RunId, RunLife } from "./ids.ts";

/** Counts the notices of a run, those of its past included where it was forked: 1, 2, 3 … */
export type NoticeNumber = number;

export type NoticeMode = "none" | "final" | "milestones";

/**
 * What became of a notice for one subscriber. Number 0 stands for all notices of the run: `open` as long as the subscriber has not
 * been told of its end, `closed` after that.
 */
export interface NoticeMark {
  readonly subscriber: string;
  readonly notice: NoticeNumber;
  readonly state: "open" | "closed" | "delivered" | "undelivered";
  /** How often it was handed over, or tried to be. */
  readonly attempts: number;
  readonly at: EpochMs;
  /** Why it was not delivered. */
  readonly reason?: string;
}

/** A mark with the run that it is about. */
export interface RunNoticeMark extends NoticeMark {
  readonly run: RunId;
  readonly life?: RunLife;
}
