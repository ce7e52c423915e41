import type { RecordedEvent } from "../domain/events.ts";
import type { GraphDocument } from "../domain/graph-document.ts";
import type { EpochMs, RunId, RunLife, StepId } from "../domain/ids.ts";
import type { StepStatus } from "../domain/status.ts";

/**
 * Watches the runs that a runtime writes, and may stand around the work of their attempts: for traces and the like. Whatever it throws
 * becomes a diagnostic `observer-failed`, and changes no run. Nothing waits for it, so it must be quick.
 */
export interface Observer {
  /**
   * A run is about to be written here. Called in the asynchronous context of whoever starts, resumes or forks it, before that is
   * committed: it may still come to nothing, and then nothing is told. Undefined leaves this run alone.
   */
  begin(beginning: RunBeginning): RunObserver | undefined;
}

/** A run that is about to be written by this process. */
export interface RunBeginning {
  readonly run: RunId;
  readonly life: RunLife;
  /** What had happened before: undefined for a run that starts anew. */
  readonly past: RunPast | undefined;
  /**
   * Records a line that observers of later owners, and of forks, find in {@link RunPast.noteOf}: as a diagnostic of severity `info`. The
   * same line is recorded once; none once the run has recorded as many diagnostics as it may.
   */
  note(code: string, message: string): void;
}

/** A run as an earlier owner left it, or as it was where a fork begins. */
export interface RunPast {
  /** Whether this very run was written before; else it is a fork, and the past is that of another run. */
  readonly isOwn: boolean;
  readonly graph: GraphDocument;
  readonly startedAt: EpochMs;
  step(id: StepId): StepPast | undefined;
  /** The newest message of the diagnostics with this code. */
  noteOf(code: string): string | undefined;
}

/** What had happened to a step. */
export interface StepPast {
  readonly status: StepStatus;
  /** The newest attempt; 0 before the first. */
  readonly attempt: number;
  readonly startedAt: EpochMs | undefined;
  readonly endedAt: EpochMs | undefined;
}

/** Watches one run for as long as this process writes it. */
export interface RunObserver {
  /** Every event that is committed here, in order, each once. An attempt's start is told before its work is launched. */
  next(recorded: RecordedEvent): void;
  /** What is to stand around the work of an attempt, or undefined. Asked when the attempt is launched. */
  scopeOf?(step: StepId, attempt: number): AttemptScope | undefined;
}

/** What stands around the work of one attempt. */
export interface AttemptScope {
  /** For the environment of whatever the attempt starts; what the step itself says wins. */
  readonly variables?: Readonly<Record<string, string>>;
  /** Calls `work` at once, exactly once, and gives what it gives; so code that the work calls can be put into a context. */
  enter?<Result>(work: () => Result): Result;
}
