import type { AgentDefinition } from "./agent.ts";
import type { ArtifactRef } from "./artifact.ts";
import type { ForkPoint, Owner, Place, ProgressReport, Severity } from "./events.ts";
import type { Failure } from "./failure.ts";
import type { GraphDocument } from "./graph-document.ts";
import type { RunId, RunLife, StepId } from "./ids.ts";
import type { MessageChannel, MessageNumber } from "./message.ts";
import type { NoticeNumber } from "./notice.ts";
import type { StoredOutput } from "./output.ts";
import type { Usage } from "./usage.ts";

/**
 * One thing that happened to a run from outside: a command, an executor's report, or a timer that fired.
 * Whatever is not deterministic (time, chance, ids) is already inside, so that replay decides the same again.
 */
export type Input = Command | Report | TimerFired;

export type Command =
  | {
      readonly type: "run.start";
      readonly run: RunId;
      readonly life: RunLife;
      readonly graph: GraphDocument;
      readonly root: string;
      readonly places: readonly Place[];
      readonly owner: Owner;
      /** The agent definitions that steps name; absent where none is named. */
      readonly definitions?: readonly AgentDefinition[];
    }
  | {
      /** Another process takes the run over, because the one that wrote it is gone. */
      readonly type: "run.recover";
      readonly owner: Owner;
      /** One more than the run's epoch: whoever asks for another has not seen the newest owner. */
      readonly epoch: number;
      /** The working directories of steps that have not ended, as they are found now: after a restart they may be others. */
      readonly places: readonly Place[];
      /** Steps under way whose executor can go on with the very attempt that was interrupted. */
      readonly resumable: readonly StepId[];
    }
  | {
      /** A new run begins with the past of another one. */
      readonly type: "run.fork";
      readonly run: RunId;
      readonly life: RunLife;
      readonly from: ForkPoint;
      readonly graph?: GraphDocument;
      readonly root: string;
      readonly places: readonly Place[];
      readonly owner: Owner;
      readonly definitions?: readonly AgentDefinition[];
    }
  | { readonly type: "run.cancel"; readonly reason: string; readonly force: boolean }
  | { readonly type: "run.clean"; readonly reason: string }
  | {
      readonly type: "diagnostic.record";
      readonly code: string;
      readonly severity: Severity;
      readonly message: string;
      readonly step?: StepId;
    }
  | {
      /** Somebody has something to say to the running attempt of a step. */
      readonly type: "message.send";
      readonly step: StepId;
      readonly channel: MessageChannel;
      readonly text: string;
      /** The sender's own name for it: the same again is the same message. */
      readonly key?: string;
    };

export type Report =
  | {
      readonly type: "step.progress";
      readonly step: StepId;
      readonly attempt: number;
      readonly report: ProgressReport;
    }
  | {
      readonly type: "step.succeed";
      readonly step: StepId;
      readonly attempt: number;
      readonly output: StoredOutput;
      readonly artifacts?: readonly ArtifactRef[];
      readonly usage?: Usage;
    }
  | {
      readonly type: "step.fail";
      readonly step: StepId;
      readonly attempt: number;
      readonly failure: Failure;
      readonly partial?: StoredOutput;
      readonly artifacts?: readonly ArtifactRef[];
      readonly usage?: Usage;
      /** Chance for the backoff, drawn when the report was made: at least 0, below 1. */
      readonly jitter: number;
    }
  | {
      /** What the agent's program says of a message. */
      readonly type: "message.report";
      readonly step: StepId;
      readonly attempt: number;
      readonly message: MessageNumber;
      readonly outcome: MessageOutcome;
      /** Why it was denied, or why nobody can tell. */
      readonly reason?: string;
    };

export type MessageOutcome = "accepted" | "consumed" | "denied" | "unknown";

export type TimerFired =
  | { readonly type: "run.expire" }
  | {
      /** What has been waiting to be told may be told now, as the notice with this number. */
      readonly type: "notice.due";
      readonly notice: NoticeNumber;
    }
  | { readonly type: "step.timeOut"; readonly step: StepId; readonly attempt: number }
  | { readonly type: "step.retry"; readonly step: StepId; readonly attempt: number };

export type InputType = Input["type"];

/**
 * Why a machine does not accept an input. A value, not an error: the caller learns it, the journal does not change.
 *
 * - `stale`: the report or timer belongs to an attempt that is over
 * - `ended`: the run has ended
 * - `started`: the run has already started
 * - `live`: the run has not ended yet
 * - `unknownStep`: no step of the graph has that id
 * - `repeated`: nothing would change: it was asked before
 * - `limited`: a limit is reached
 * - `past`: it would change what has already happened
 */
export type RefusalReason = "stale" | "ended" | "started" | "live" | "unknownStep" | "repeated" | "limited" | "past";

export interface Refusal {
  readonly refused: RefusalReason;
  readonly message: string;
}
