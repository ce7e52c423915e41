import type { ArtifactRef } from "./artifact.ts";
import type { Cursor } from "./cursor.ts";
import type { EpochMs, Position, RunId, RunLife, StepId } from "./ids.ts";
import type { RunEnd, RunStatus, StepStatus } from "./status.ts";

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

/** A notice as the journal has it. */
export interface QueuedNotice {
  readonly notice: NoticeNumber;
  /** Whether it tells the end of the run. */
  readonly isTerminal: boolean;
  /** How the run ended; of the terminal notice alone. */
  readonly status?: RunEnd;
  readonly reasons: readonly string[];
  /** How many reasons there were beyond those; absent when none were. */
  readonly omittedReasons?: number;
  /** No milestone comes after it. */
  readonly isLast?: true;
  readonly position: Position;
  readonly at: EpochMs;
}

/** A notice as a subscriber gets it. JSON, and without the text of any step: at most a few dozen KiB. */
export interface Notice {
  /** The same whenever this notice is delivered, and of no other: whoever gets it twice can tell. */
  readonly key: string;
  readonly run: RunId;
  /** The name of its graph. */
  readonly name: string;
  readonly notice: NoticeNumber;
  readonly mode: NoticeMode;
  readonly isTerminal: boolean;
  /** `running` for a milestone, how the run ended for the terminal notice. */
  readonly status: RunStatus;
  /** Why: `sink STEP STATUS`, `step STEP STATUS`, `diagnostic:CODE`, `terminal:STATUS`. */
  readonly reasons: readonly string[];
  /** How many reasons there were beyond those. */
  readonly omittedReasons: number;
  /** No milestone comes after it, because the run has queued as many as its graph allows. */
  readonly isLast: boolean;
  readonly at: EpochMs;
  /** Right after the notice: what comes after it can be read and waited for from here. */
  readonly cursor: Cursor;
  /** 1 for the first try to deliver it. */
  readonly attempt: number;
  /** The run as it is when the notice is delivered, which may be later. */
  readonly summary: NoticeSummary;
}

export interface NoticeSummary {
  readonly status: RunStatus;
  readonly position: Position;
  readonly counts: { readonly [Status in StepStatus]: number };
  /** The run's results that there are, in declared order, at most `limits.noticeSinksMax`. */
  readonly outputs: readonly NoticeOutput[];
  readonly omittedOutputs: number;
}

/** What a result is, without its text. */
export interface NoticeOutput {
  readonly step: StepId;
  readonly status: StepStatus;
  /** Of the output as JSON, with all that lies in artifacts; absent where there is none. */
  readonly bytes?: number;
  readonly artifacts?: readonly NoticeArtifact[];
}

export interface NoticeArtifact extends ArtifactRef {
  /** A local file that holds it, where the artifact store keeps files. */
  readonly path?: string;
}
