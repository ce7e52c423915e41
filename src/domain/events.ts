import type { AgentDefinition } from "./agent.ts";
import type { ArtifactRef } from "./artifact.ts";
import type { Blocker, Failure } from "./failure.ts";
import type { GraphDocument } from "./graph-document.ts";
import type { EpochMs, Position, RunId, RunLife, StepId } from "./ids.ts";
import type { MessageChannel, MessageNumber } from "./message.ts";
import type { NoticeNumber } from "./notice.ts";
import type { StoredOutput } from "./output.ts";
import type { RunEnd } from "./status.ts";
import type { Usage } from "./usage.ts";

/** Why a running attempt was told to stop. */
export type StopCause = "canceled" | "expired" | "timedOut";

/** Which process of which machine writes a run: enough to tell whether it still lives. */
export interface Owner {
  readonly host: string;
  readonly pid: number;
  /** When the process started, in a form that only equality is asked of: guards against a reused pid. */
  readonly processStart: string;
}

/** The place in another run's journal at which a fork begins. */
export interface ForkPoint {
  readonly run: RunId;
  readonly life: RunLife;
  /** So many events of that run are the past of the fork. */
  readonly position: Position;
}

/** A working directory as it was when the run started; it is checked again before each launch. */
export interface Place {
  readonly cwd: string;
  readonly realPath: string;
  readonly device: string;
  readonly inode: string;
}

export type Severity = "info" | "warning" | "error";

/** What an attempt tells while it works: text of a stream, a note of its own, or a call of a tool. */
export type ProgressReport =
  | {
      readonly kind: "text";
      readonly stream: string;
      /** The newest text since the last report, cut at its beginning. */
      readonly text: string;
      /** Characters of this report that were cut; absent when none were. */
      readonly omittedChars?: number;
      /** Characters of this stream so far, this report included. */
      readonly totalChars: number;
    }
  | { readonly kind: "note"; readonly message: string; readonly fraction?: number }
  | {
      readonly kind: "tool";
      readonly tool: string;
      readonly phase: "started" | "ended";
      /** Tells calls of one tool that overlap apart. */
      readonly call?: string;
      readonly isError?: boolean;
      /** What the tool was asked for, or what came of it, in a line. */
      readonly summary?: string;
    };

export type RunEvent =
  | {
      readonly type: "run.started";
      readonly run: RunId;
      readonly life: RunLife;
      readonly graph: GraphDocument;
      readonly root: string;
      readonly places: readonly Place[];
      readonly owner: Owner;
      /** How often the run has had an owner, this one included: 1 at its start. */
      readonly epoch: number;
      readonly deadlineAt: EpochMs;
      /** The agent definitions that steps name, as they were found; absent where none is named. */
      readonly definitions?: readonly AgentDefinition[];
    }
  | {
      readonly type: "run.recovered";
      /** Who writes the run from now on; whoever wrote it before may not. */
      readonly owner: Owner;
      readonly epoch: number;
      readonly places: readonly Place[];
    }
  | {
      readonly type: "run.forked";
      readonly run: RunId;
      readonly life: RunLife;
      readonly from: ForkPoint;
      /** The edited graph; absent where the fork runs the graph of its past. */
      readonly graph?: GraphDocument;
      readonly root: string;
      readonly places: readonly Place[];
      readonly owner: Owner;
      readonly epoch: number;
      readonly deadlineAt: EpochMs;
      /** Those that steps name which had not ended, as they were found when the run was forked. */
      readonly definitions?: readonly AgentDefinition[];
    }
  | { readonly type: "run.cancelRequested"; readonly reason: string; readonly force: boolean }
  | { readonly type: "run.expired"; readonly deadlineAt: EpochMs }
  | { readonly type: "run.settled"; readonly status: RunEnd; readonly cleanupAt?: EpochMs }
  | { readonly type: "run.cleaned"; readonly reason: string }
  | {
      readonly type: "diagnostic.recorded";
      readonly code: string;
      readonly severity: Severity;
      readonly message: string;
      readonly step?: StepId;
    }
  | {
      readonly type: "notice.queued";
      readonly notice: NoticeNumber;
      /** Whether it tells the end of the run, which then follows in the same commit. */
      readonly isTerminal: boolean;
      /** How the run ends; of the terminal notice alone. */
      readonly status?: RunEnd;
      /** Why there is a notice; each reason once, at most `limits.noticeReasonsMax`. */
      readonly reasons: readonly string[];
      /** How many reasons there were beyond those, or after the last milestone; absent when none were. */
      readonly omittedReasons?: number;
      /** No milestone comes after it, because the run has queued as many as its graph allows. */
      readonly isLast?: true;
    }
  | {
      readonly type: "artifact.stored";
      readonly step: StepId;
      readonly attempt: number;
      readonly artifact: ArtifactRef;
    };

export type StepEvent =
  | { readonly type: "step.started"; readonly step: StepId; readonly attempt: number; readonly deadlineAt: EpochMs }
  | {
      readonly type: "step.progressed";
      readonly step: StepId;
      readonly attempt: number;
      readonly report: ProgressReport;
    }
  | {
      readonly type: "step.abortRequested";
      readonly step: StepId;
      readonly attempt: number;
      readonly cause: StopCause;
      readonly force: boolean;
    }
  | {
      readonly type: "step.interrupted";
      readonly step: StepId;
      /** The attempt whose process was lost, with all that it had not yet reported. */
      readonly attempt: number;
    }
  | {
      readonly type: "step.resumed";
      readonly step: StepId;
      /** The attempt that was interrupted, and goes on. */
      readonly attempt: number;
      readonly deadlineAt: EpochMs;
    }
  | {
      readonly type: "step.retryScheduled";
      readonly step: StepId;
      /** The attempt that failed. */
      readonly attempt: number;
      readonly failure: Failure;
      readonly retryAt: EpochMs;
      readonly partial?: StoredOutput;
      /** What the attempt asked of models. */
      readonly usage?: Usage;
    }
  | { readonly type: "step.retryDue"; readonly step: StepId; readonly attempt: number }
  | {
      readonly type: "step.succeeded";
      readonly step: StepId;
      readonly attempt: number;
      readonly output: StoredOutput;
      readonly usage?: Usage;
    }
  | {
      readonly type: "step.failed" | "step.timedOut";
      readonly step: StepId;
      readonly attempt: number;
      readonly failure: Failure;
      readonly partial?: StoredOutput;
      readonly usage?: Usage;
    }
  | {
      readonly type: "step.canceled";
      readonly step: StepId;
      /** 0 for a step that never started. */
      readonly attempt: number;
      readonly reason: string;
      readonly failure?: Failure;
      readonly partial?: StoredOutput;
      readonly usage?: Usage;
    }
  | { readonly type: "step.blocked"; readonly step: StepId; readonly by: readonly Blocker[] };

/** `attempt` is the attempt that the message is, or was, on its way to. */
export type MessageEvent =
  | {
      readonly type: "message.sent";
      readonly message: MessageNumber;
      readonly step: StepId;
      readonly attempt: number;
      readonly channel: MessageChannel;
      readonly text: string;
      readonly key?: string;
    }
  | {
      readonly type: "message.accepted" | "message.consumed";
      readonly message: MessageNumber;
      readonly step: StepId;
      readonly attempt: number;
    }
  | {
      readonly type: "message.denied";
      readonly message: MessageNumber;
      readonly step: StepId;
      /** 0 where the step had no attempt yet. */
      readonly attempt: number;
      readonly channel: MessageChannel;
      readonly reason: string;
      readonly key?: string;
    }
  | {
      readonly type: "message.unknown";
      readonly message: MessageNumber;
      readonly step: StepId;
      readonly attempt: number;
      readonly reason: string;
    };

/** A fact that a machine's transition emitted. */
export type Event = RunEvent | StepEvent | MessageEvent;
export type EventType = Event["type"];

/** An event at its place in the journal. */
export interface RecordedEvent {
  readonly position: Position;
  /** When the input that caused the event was decided. */
  readonly at: EpochMs;
  readonly event: Event;
}
