import type { AgentDefinition, AgentFinding } from "../domain/agent.ts";
import type { ArtifactRef } from "../domain/artifact.ts";
import type { Place, StopCause } from "../domain/events.ts";
import type { Failure } from "../domain/failure.ts";
import type { GraphDocument, StepDocument, WorkKind } from "../domain/graph-document.ts";
import type { EpochMs, RunId, RunLife, StepId } from "../domain/ids.ts";
import type { MessageChannel, MessageNumber } from "../domain/message.ts";
import type { StoredOutput } from "../domain/output.ts";
import type { StepStatus } from "../domain/status.ts";
import type { Usage } from "../domain/usage.ts";
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
   * Looks at all steps of its kinds before a run of the graph starts, and says what is wrong with them and which agent definitions
   * they use. An error keeps the run from starting; a warning becomes a diagnostic of the run. `root` is the run's directory.
   */
  prepare?(graph: GraphDocument, steps: readonly StepDocument[], root: string): Promise<Preparation>;
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
   * Whether its attempts of this step listen to messages, by {@link Attempt.onMessage}. Default: they do not, and every message to one
   * is denied at once. Must be quick and change nothing.
   */
  takesMessages?(step: StepDocument): boolean;
  /**
   * Ends what attempts of earlier owners of a run left running, and resolves when it is gone. Asked after a run was taken over,
   * before anything of it is launched. A rejection becomes a diagnostic, and the run goes on.
   */
  sweep?(owner: AttemptOwner): Promise<void>;
  /** Ends whatever may still be running and releases everything. */
  close?(): Promise<void>;
}

/** What an executor found before a run starts. */
export interface Preparation {
  readonly findings: readonly AgentFinding[];
  /** Each definition that a step names, once; the run keeps them. */
  readonly definitions: readonly AgentDefinition[];
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
  /** The graph of the run, for what it says about all of its steps. */
  readonly graph: GraphDocument;
  /** The definition that the step's agent names, as it was when the run started. */
  readonly definition: AgentDefinition | undefined;
  readonly step: StepDocument;
  /** 1 for the first try. */
  readonly number: number;
  readonly deadlineAt: EpochMs;
  /** The directory that relative paths are relative to. */
  readonly root: string;
  /** The step's working directory as it was when the run started; undefined for a step without `cwd`. */
  readonly place: Place | undefined;
  /** What observers of the run want in the environment of whatever the attempt starts, such as `TRACEPARENT`; what the step says wins. */
  readonly variables: Readonly<Record<string, string>> | undefined;
  /** What came before: `needs` in their order, then `after` in theirs, each step once. */
  readonly upstream: readonly Upstream[];
  /** Whether and how the attempt has been told to stop. */
  readonly stop: StopSignal;
  /** Text that the work wrote; committed in chunks, so call it as often as text comes. */
  text(stream: string, text: string): void;
  /** A note about how far the work is; `fraction` from 0 to 1. Notes that come too fast are merged, the newest wins. */
  note(message: string, fraction?: number): void;
  /** A tool call of an agent. Starts and ends are all kept, up to the limit of progress for one attempt. */
  tool(call: ToolReport): void;
  /**
   * Calls back with every message to this attempt, in order, those that came before included; the newest listener gets them. Only if
   * the executor `takesMessages`: else they are denied. Each must be answered by one of its methods in the end; those that are open when the attempt ends are denied then.
   */
  onMessage(listener: (message: Message) => void): void;
  /**
   * Something worth keeping in the journal that is neither progress nor an outcome. Of an attempt that is over nothing is kept any more; the
   * runtime's `onDiagnostic` is told of it.
   */
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
  /** Why a step that never ran did not: blocked, or canceled before its start. */
  readonly reason?: string;
}

/** One call of a tool, when it starts and when it ends. */
export interface ToolReport {
  readonly tool: string;
  readonly phase: "started" | "ended";
  /** Tells calls of one tool that overlap apart. */
  readonly call?: string;
  readonly isError?: boolean;
  /** What it was asked for, or what came of it, in a line. */
  readonly summary?: string;
}

/**
 * A message to a running attempt. It may be said once that it was accepted and once that nobody can tell, in any order, and then once
 * that it was consumed or denied, which is the end of it; what is said twice or later is not heard.
 */
export interface Message {
  readonly number: MessageNumber;
  readonly channel: MessageChannel;
  readonly text: string;
  readonly key: string | undefined;
  /** The program took it. */
  accepted(): void;
  /** The agent was given it. */
  consumed(): void;
  denied(reason: string): void;
  /** Nobody can tell: the program did not answer. */
  unknown(reason: string): void;
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
  | { readonly type: "succeeded"; readonly output: StoredOutput; readonly usage?: Usage }
  | { readonly type: "failed"; readonly failure: Failure; readonly partial?: StoredOutput; readonly usage?: Usage };
