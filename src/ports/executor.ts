import type { ArtifactRef } from "../domain/artifact.ts";
import type { Place, StopCause } from "../domain/events.ts";
import type { Failure } from "../domain/failure.ts";
import type { StepDocument, WorkKind } from "../domain/graph-document.ts";
import type { EpochMs, RunId, RunLife, StepId } from "../domain/ids.ts";
import type { StoredOutput } from "../domain/output.ts";
import type { StepStatus } from "../domain/status.ts";
import type { ArtifactWriter } from "./artifact-store.ts";

/**
 * Does the work of one attempt and reports back. It knows nothing of machines, journals or other attempts.
 */
export interface Executor {
  /** The works it takes. */
  readonly kinds: readonly WorkKind[];
  /** Why this step cannot be run here at all, or undefined. Asked before a run starts; must be quick and change nothing. */
  refuses?(step: StepDocument, run: RunId): string | undefined;
  /**
   * Does the work. A rejection, or a throw, is recorded as a failure of kind `executor`; a result that never comes is given up
   * after the stop request's grace.
   */
  execute(attempt: Attempt): Promise<AttemptResult>;
  /**
   * Whether it can go on with an attempt of this step that was interrupted because its process was lost: the attempt then comes once
   * more, with `isResumed`. Default: it cannot, and the step starts another attempt.
   */
  resumes?(step: StepDocument): boolean;
  /**
   * Ends what attempts of earlier owners of a run left running, and resolves when it is gone. Asked after a run was taken over,
   * before anything of it is launched. A rejection becomes a diagnostic, and the run goes on.
   */
  sweep?(owner: AttemptOwner): Promise<void>;
  /** Ends whatever may still be running and releases everything. */
  close?(): Promise<void>;
}

/** Who runs attempts: unique to one run, ascending with each process that takes it over. */
export interface AttemptOwner {
  readonly life: RunLife;
  readonly epoch: number;
}

/** One try of one step, as its executor sees it. */
export interface Attempt {
  readonly run: RunId;
  /** Marks whatever the attempt starts, so that a later owner finds it. */
  readonly owner: AttemptOwner;
  /** Whether this very attempt was begun by an owner that was lost, and is to go on. Only if the executor `resumes` the step. */
  readonly isResumed: boolean;
  readonly graphName: string;
  readonly step: StepDocument;
  /** 1 for the first try. */
  readonly number: number;
  readonly deadlineAt: EpochMs;
  /** The directory that relative paths are relative to. */
  readonly root: string;
  /** The step's working directory as it was when the run started; undefined for a step without `cwd`. */
  readonly place: Place | undefined;
  /** What came before: `needs` in their order, then `after` in theirs, each step once. */
  readonly upstream: readonly Upstream[];
  /** Whether and how the attempt has been told to stop. */
  readonly stop: StopSignal;
  /** Text that the work wrote; committed in chunks, so call it as often as text comes. */
  text(stream: string, text: string): void;
  /** A note about how far the work is; `fraction` from 0 to 1. Notes that come too fast are merged, the newest wins. */
  note(message: string, fraction?: number): void;
  /** Something worth keeping in the journal that is neither progress nor an outcome. */
  diagnostic(code: string, severity: "info" | "warning" | "error", message: string): void;
  /** Begins an artifact of this attempt. `label` becomes part of its name: lower-case letters, digits, `-` and `.`. */
  createArtifact(label: string): Promise<ArtifactWriter>;
  readArtifact(artifact: ArtifactRef): AsyncIterable<Uint8Array>;
  /** A local file with the artifact's bytes, or undefined where the store keeps no files. */
  artifactPath(artifact: ArtifactRef): Promise<string | undefined>;
}

export interface Upstream {
  readonly step: StepId;
  readonly status: StepStatus;
  /** What a succeeded step gave. */
  readonly output?: StoredOutput;
  /** What a step that did not succeed had until then. */
  readonly partial?: StoredOutput;
  readonly failure?: Failure;
}

export interface StopSignal {
  /** The newest request; undefined while the work may go on. */
  readonly request: StopRequest | undefined;
  /** Calls back at the request, at once if it has come, and again when a request is made more urgent. */
  onRequest(listener: (request: StopRequest) => void): void;
}

export interface StopRequest {
  readonly cause: StopCause;
  /** Time to end by itself; 0 where `force`. */
  readonly graceMs: number;
  readonly force: boolean;
}

export type AttemptResult =
  | { readonly type: "succeeded"; readonly output: StoredOutput }
  | { readonly type: "failed"; readonly failure: Failure; readonly partial?: StoredOutput };
