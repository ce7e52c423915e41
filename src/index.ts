export { step } from "./domain/step.ts";
export type { Jsonified } from "./domain/jsonified.ts";
export type { Endings, OutputOf, Outputs, Step, StepOptions } from "./domain/step.ts";
export { agent, command, registeredTask, shell, task } from "./domain/work.ts";
export type { Ended, ParserOptions, Work } from "./domain/work.ts";
export { defineGraph } from "./adapters/graphs/define-graph.ts";
export type { GraphOptions } from "./adapters/graphs/define-graph.ts";
export { parseGraph, parseGraphText } from "./adapters/graphs/parse-graph.ts";
export type { ParsedGraph } from "./adapters/graphs/parse-graph.ts";
export type { Graph, TaskBinding, TaskContext, TaskFunction } from "./domain/graph.ts";
export type {
  GraphDocument,
  GraphLimits,
  GraphNotify,
  RetryDocument,
  StepDocument,
  WorkKind,
} from "./domain/graph-document.ts";
export type { GraphDiagnostic } from "./domain/diagnostic.ts";

export { openRuntime } from "./open-runtime.ts";
export type { RuntimeOptions } from "./open-runtime.ts";
export type { AgentOptions } from "./agent-options.ts";
export type { Runtime } from "./actors/runtime.ts";
export type { CloseOptions, ResumeOptions, StartOptions } from "./actors/runtime-options.ts";
export type { ForkOptions } from "./actors/fork-run.ts";
export type { RuntimeDiagnostic } from "./actors/runtime-diagnostics.ts";
export type { MessageOptions } from "./actors/checked-message.ts";
export type { ReadOptions, WaitOptions } from "./actors/run-options.ts";
export type { Run } from "./actors/run.ts";
export type { WaitReceipt } from "./actors/run-wait.ts";
export type { CursoredEvent } from "./actors/run-events.ts";
export type { Outcome } from "./actors/outcome.ts";
export type { StepResult } from "./actors/step-output.ts";

export { exportRun } from "./export-run.ts";
export type { ExportOptions } from "./export-run.ts";
export { importRun } from "./import-run.ts";
export type { ImportedRun } from "./import-run.ts";

export type { RunSnapshot, StepCounts } from "./projections/run-snapshot.ts";
export type { RunSummary } from "./projections/run-summary.ts";
export type { StepList } from "./projections/step-list.ts";
export type { StepSnapshot } from "./projections/step-snapshot.ts";
export { foldProjection, project } from "./projections/user-projection.ts";
export type { Projection } from "./projections/user-projection.ts";
export { replay, stateAt } from "./projections/replay.ts";
export type { Frame } from "./projections/replay.ts";
export { verify } from "./projections/verify.ts";
export type { Divergence, Verification } from "./projections/verify.ts";
export { timelineOf } from "./projections/timeline.ts";
export type { Span, Timeline } from "./projections/timeline.ts";

export { webhookSink } from "./adapters/notices/webhook-sink.ts";
export type { WebhookOptions } from "./adapters/notices/webhook-sink.ts";
export { isSignedBy } from "./adapters/notices/webhook-signature.ts";
export type { SignatureOptions } from "./adapters/notices/webhook-signature.ts";
export { memoryJournal } from "./adapters/journals/memory-journal.ts";
export { memoryArtifacts } from "./adapters/artifacts/memory-artifacts.ts";
export { directoryArtifacts } from "./adapters/artifacts/directory-artifacts.ts";
export type { AppendOptions, Checkpoint, InboxMessage, Journal, NoticeQuery, RunEntry } from "./ports/journal.ts";
export type { ArtifactStore, ArtifactWriter, DeletedArtifacts } from "./ports/artifact-store.ts";
export type {
  Attempt,
  AttemptOwner,
  AttemptResult,
  Executor,
  Message,
  Preparation,
  StopRequest,
  StopSignal,
  ToolReport,
  Upstream,
} from "./ports/executor.ts";
export type { AttemptScope, Observer, RunBeginning, RunObserver, RunPast, StepPast } from "./ports/observer.ts";
export type { Clock, Timer } from "./ports/clock.ts";
export type { Entropy } from "./ports/entropy.ts";

export { isRunfoldError, RunfoldError } from "./domain/errors.ts";
export type { ErrorCode } from "./domain/errors.ts";
export { limits } from "./domain/limits.ts";
export type { Commit } from "./domain/commit.ts";
export type { Cursor } from "./domain/cursor.ts";
export type {
  Event,
  EventType,
  ForkPoint,
  MessageEvent,
  Owner,
  Place,
  ProgressReport,
  RecordedEvent,
  RunEvent,
  Severity,
  StepEvent,
  StopCause,
} from "./domain/events.ts";
export type { Input, MessageOutcome, Refusal, RefusalReason } from "./domain/inputs.ts";
export type { Blocker, Failure, FailureKind } from "./domain/failure.ts";
export type { ArtifactRef } from "./domain/artifact.ts";
export type { CommandOutput, SpilledPart, StoredOutput } from "./domain/output.ts";
export type { EpochMs, Position, RunId, StepId } from "./domain/ids.ts";
export type {
  AgentDefinition,
  AgentDocument,
  AgentFinding,
  GraphAuthority,
  GraphLibrary,
  LibrarySource,
} from "./domain/agent.ts";
export type { MessageChannel, MessageNumber, MessageReceipt, MessageStatus } from "./domain/message.ts";
export type {
  Notice,
  NoticeArtifact,
  NoticeMark,
  NoticeMode,
  NoticeNumber,
  NoticeOutput,
  NoticeSummary,
  QueuedNotice,
  RunNoticeMark,
} from "./domain/notice.ts";
export type {
  NoticeAnswer,
  NoticeContext,
  NoticeFailure,
  NoticeSink,
  NoticeSubscription,
} from "./ports/notice-sink.ts";
export type { RuntimeNotices } from "./actors/runtime-notices.ts";
export type { Usage } from "./domain/usage.ts";
export type { Json } from "./domain/json.ts";
export type { RunEnd, RunStatus, StepStatus } from "./domain/status.ts";
