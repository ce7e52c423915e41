import { inspectLimits } from "./inspect-limits.ts";
import { mcpLimits } from "./mcp-limits.ts";
import { telemetryLimits } from "./telemetry-limits.ts";
import { toolLimits } from "./tool-limits.ts";
import { viewerLimits } from "./viewer-limits.ts";
import { viewerPageLimits } from "./viewer-page-limits.ts";

/**
 * Every maximum, minimum and default of Runfold, in one place (law 9: nothing is unbounded).
 *
 * Reaching a limit is a clear error or a visible event, never silence. Units stand in the names; `Max` and `Min` are
 * inclusive. A figure that came from the engine that Runfold succeeds says so; the others say why.
 */
export const limits = {
  /** A graph with more steps is refused: the arrays of the machines are sized once, and one page of diagnostics must stay useful. */
  stepsMax: 100_000,
  /** Edges of a whole graph, `needs` and `after` together: ten a step at the largest graph. */
  edgesMax: 1_000_000,
  /** A graph file above this is refused before it is read: four times what 100 000 verbose steps take. */
  graphFileBytesMax: 64 * 1024 * 1024,
  /** A public id: 1 to 63 characters, the predecessor's rule and a DNS label's length. */
  stepIdCharsMax: 63,
  runIdCharsMax: 64,
  /** Objective and other long texts, as in the predecessor. */
  textCharsMax: 50_000,
  /** A reason, as in the predecessor. */
  reasonCharsMax: 1_000,
  pathCharsMax: 4_096,
  /** One command: its arguments together stay below what Linux accepts for one string (128 KiB). */
  commandArgumentsMax: 1_024,
  commandArgumentCharsMax: 100_000,
  environmentEntriesMax: 256,
  environmentValueCharsMax: 65_536,
  /** Diagnostics that one parse returns; the rest is counted. */
  diagnosticsMax: 1_000,

  /** Steps of one run that may be running at once. The default is the predecessor's. */
  concurrencyDefault: 6,
  concurrencyMax: 10_000,
  /** Time for one attempt. Default and maximum as in the predecessor. */
  stepTimeoutSecondsDefault: 7_200,
  stepTimeoutSecondsMax: 36_000,
  /** Time for one run. Default and maximum as in the predecessor. */
  runSecondsDefault: 86_400,
  runSecondsMax: 86_400,
  durationSecondsMin: 0.001,
  /** After the end, when a run is cleaned up by itself. There is no default: a run stays until someone cleans it up. */
  retentionSecondsMax: 604_800,

  /** Attempts of one step, the first included. */
  attemptsMax: 100,
  /**
   * How often the attempts of one step may be interrupted by a lost process before the step fails: a step that takes its process
   * down with it must not do so forever. Such attempts do not count towards `retry.attempts`.
   */
  interruptionsMax: 100,
  backoffSecondsMax: 3_600,
  /** Each retry waits twice as long as the one before, up to this. */
  backoffGrowth: 2,
  /** The part of a backoff that chance may take away, so that many failures do not retry in step. */
  backoffJitterFraction: 0.5,

  notifyNoticesMax: 100,
  notifyNoticesDefault: 12,
  notifyIntervalSecondsMax: 3_600,
  notifyIntervalSecondsDefault: 10,
  /** Reasons that one notice gives; the rest is counted. */
  noticeReasonsMax: 100,
  noticeReasonCharsMax: 200,
  /** Results of a run that a notice lists; the rest is counted. */
  noticeSinksMax: 50,
  /** How often a notice is tried to be delivered before it is undelivered, and how long after the first failure again; then twice as long. */
  noticeAttemptsMax: 8,
  noticeBackoffMs: 1_000,
  noticeBackoffMaxMs: 300_000,
  /** How long whoever gets a notice may take. */
  noticeGiveUpMs: 30_000,
  /** How long closing a runtime waits for notices that are being delivered; the others are, by the next that opens the journal. */
  noticeCloseMs: 5_000,
  /** Notices that one subscriber is given at the same time, each of another run. */
  noticesAtOnceMax: 16,
  /** A webhook's whole request; what is shown of an answer that is no success; how old a signature may be. */
  webhookTimeoutMs: 10_000,
  webhookAnswerCharsMax: 500,
  webhookToleranceSecondsDefault: 300,
  subscribersMax: 64,
  subscriberCharsMax: 64,
  /** What became of notices: so much of it is answered at once. */
  noticeMarksMax: 10_000,

  /** Larger payloads go to the artifact store; the event keeps the reference. */
  inlinePayloadBytesMax: 16 * 1024,
  /** What an executor may hand over without an artifact: more than it should, so that a value near the limit is not refused. */
  answerBytesMax: 32 * 1024,
  /** What one stream of a command may write; the rest is dropped with a marker. */
  commandStreamBytesMax: 256 * 1024 * 1024,
  /** An output that a task receives or an outcome loads is held in memory, so it is bounded. */
  loadedOutputBytesMax: 64 * 1024 * 1024,
  /** Kept of a failing command's stdout and stderr each, from the end. The predecessor's figure for stderr. */
  outputTailCharsMax: 6_000,
  /** An upstream output also travels as an environment variable up to this size. */
  inputVariableBytesMax: 64 * 1024,
  /** An outcome loads the outputs of all steps of a graph up to this size; of a larger one, those of its sinks alone. */
  outcomeStepsMax: 1_000,
  failureMessageCharsMax: 2_000,

  /** Live text: the first text is committed at once, then whenever both thresholds are passed. */
  progressTextCharsMin: 1_000,
  progressIntervalMs: 250,
  /** Kept of the text of one progress event, from the end; what was left out is counted. */
  progressTextCharsMax: 2_000,
  streamNameCharsMax: 64,
  progressEventsPerAttemptMax: 10_000,

  /** From the request to stop to SIGKILL. */
  abortGraceMs: 5_000,
  /** How long an executor may take to end what an earlier owner of a run left running, before the run goes on all the same. */
  sweepGiveUpMs: 30_000,
  /** How long a killed process may take to be gone. */
  abortConfirmMs: 2_000,
  /** After the grace, how long an executor may take to report the end before its attempt is given up: more than closing takes. */
  attemptGiveUpMs: 10_000,
  /** After a command's process has ended, how long its pipes may stay open before its left-over children are ended. */
  streamCloseGraceMs: 500,

  /** Messages to one attempt of a step, and their texts together, in UTF-16 units. The predecessor's figures. */
  messagesPerAttemptMax: 16,
  messageCharsPerAttemptMax: 65_536,
  /** Messages that one run records, denied ones included: each leaves a line, and its key is remembered. */
  messagesPerRunMax: 10_000,
  messageKeyCharsMax: 128,
  /** How long a sender waits for the answer to a message to a run that another process writes, and how often it looks. */
  messageWaitMs: 60_000,
  messagePollMs: 100,
  /** Agent definitions that one run keeps, all together, as JSON. */
  definitionsCharsMax: 4 * 1024 * 1024,
  /** Name, call and summary of a tool report, each. */
  toolNameCharsMax: 128,
  toolSummaryCharsMax: 500,

  /**
   * Children that are spoken to in lines of JSON. One record, as in the predecessor; more may also wait for whoever takes them.
   */
  recordBytesMax: 8 * 1024 * 1024,
  /** Lines that are no record, from a program that means well: a banner, a warning of its runtime. Beyond them it speaks something else. */
  strayLinesMax: 64,
  /** Shown of a line that is no record. */
  strayTextCharsMax: 200,
  /** How long an agent may take to leave once its work is over and its stdin has ended; and again once it was told to. */
  childLeaveMs: 2_000,

  /** Distinct diagnostics that one run records; later ones are counted by the runtime alone. */
  diagnosticsPerRunMax: 100,
  /** Distinct diagnostics of one attempt: what a program says in a loop must leave room for other steps. */
  diagnosticsPerAttemptMax: 20,
  /** Inputs that one run's mailbox holds before it refuses commands. Reports and timers are bounded by the steps. */
  mailboxCommandsMax: 10_000,
  /** Inputs that are decided and appended together. */
  batchInputsMax: 1_024,
  /** Material events that a wait's receipt lists; the rest is counted. */
  receiptEventsMax: 100,
  /** Journal commits that a reader holds at once. */
  readCommitsMax: 512,

  /** One line of an export: the longest is the start of a run, which holds the graph twice. */
  archiveLineCharsMax: 160 * 1024 * 1024,
  /**
   * A whole export that is imported. A journal takes a run's commits all at once, so they are held in memory, at about four bytes a
   * character, which has to fit into what Node takes by itself. A run of 1 000 000 small events takes 370 MiB.
   */
  archiveCharsMax: 512 * 1024 * 1024,

  /**
   * A checkpoint is written after so many events, or twice the steps where that is more: it is as large as the steps are many,
   * so its cost stays a small part of that of the events.
   */
  checkpointEventsMin: 5_000,
  checkpointEventsAStepMin: 2,
  /** For how long an owner that nobody can look at is taken for alive after its last sign of life. */
  leaseMs: 30_000,
  /** For how long a sign of life that has lapsed is kept: as long as the longest run, after which nobody asks for it. */
  leaseKeptMs: 86_400_000,
  /** How often an owner gives a sign of life, and looks whether its runs are still its own. */
  leaseRenewMs: 10_000,
  /** Runs that are taken over at the same time when a journal is opened. */
  recoveriesAtOnceMax: 4,

  waitSecondsMax: 86_400,
  /** Runs of one runtime that have not ended. */
  liveRunsMax: 1_000,
  /** Runs whose place in the database is remembered; beyond it they are looked up again. */
  rememberedRunsMax: 10_000,
  /** How long work may go on in microtasks before timers, signals and answers get their turn. */
  breathMs: 10,
  /** While another process holds the journal, an append is tried again and again, for so long in all. */
  appendRetryPauseMs: 250,
  appendRetryMs: 60_000,
  /** After the inbox could not be read, when it is tried again. */
  inboxRetryMs: 1_000,
  /** Commands from other processes that wait for one run. */
  inboxMessagesMax: 10_000,

  /**
   * From an agent program's start until it is ready for its task, in a window of its own, so that it uses up nobody else's: six that
   * start at once on two cores take 6 s, the slowest of them alone 7 s, and a laden machine takes far longer.
   */
  agentStartMs: 120_000,
  /** How long pi may take to say that it took a command, the predecessor's figure. An answer that comes later still counts. */
  agentAckMs: 10_000,
  /** Where pi says that it is not done, and no word of what it does is expected, when it is asked again. */
  agentIdleLookMs: 250,
  /** What one agent may write as final answers, in all, and as one message that it is still writing. The predecessor's figures. */
  agentOutputBytesMax: 4 * 1024 * 1024,
  agentFinalsMax: 64,
  /** What a tool call was asked for, or what came of it, in a line. */
  agentToolSummaryCharsMax: 200,
  /** A file of settings, models or credentials that is copied for an agent: a hundred times what people have. */
  agentConfigBytesMax: 1024 * 1024,

  /** Tool calls of one turn of an agent that are told apart; beyond it the oldest is forgotten. */
  acpToolCallsMax: 10_000,
  /** Messages of one turn that are told apart; beyond it the oldest is forgotten. */
  acpMessagesMax: 10_000,
  /** An id of a call or a message; of a longer one its hash is kept. */
  acpIdCharsMax: 256,
  /** A file that defines an agent. The predecessor's figure. */
  agentFileBytesMax: 131_072,
  /** Its front matter, which is parsed: several times all that its fields may hold. The time that YAML takes may grow with its square. */
  agentFrontMatterCharsMax: 16_384,
  /** Agent files that are read of one source; further ones are named in a warning. */
  agentFilesMax: 1_024,
  agentDescriptionCharsMax: 1_000,
  agentTagsMax: 32,
  agentTagCharsMax: 64,
  /** Agent files that are left out and told of one by one before a run; the rest is counted. */
  agentFileWarningsMax: 20,
  /** Tools of one agent, built-in ones and those of extensions, each and together; and the skills of one agent. */
  agentToolsMax: 24,
  agentSkillsMax: 128,
  /** A scope shorter than this says nothing. */
  mutationScopeCharsMin: 8,
  /** The files of one extension or skill together, and the entries of its directory. The predecessor's figures. */
  sourceBytesMax: 4 * 1024 * 1024,
  sourceEntriesMax: 2_048,
  /** What an agent is handed of one step before it; of more it gets the head, and the path of the rest. The predecessor's figures. */
  handoffDependencyCharsMax: 12_000,
  handoffHeadCharsMax: 2_000,
  /** What it is handed of all of them: four of the largest. Further ones shrink to a head, then to a line. */
  handoffCharsMax: 48_000,
  /** The part of the grace in which a stopped agent may say goodbye in its own words, before its process is told to end. */
  agentGoodbyeFraction: 0.5,
  /** Steps before it that it is told of one by one; the rest stands in a file. */
  handoffStepsMax: 200,
  /** That file: more than any agent reads, and little beside what the steps themselves keep. */
  handoffFileBytesMax: 16 * 1024 * 1024,
  /** An agent's answer above this goes into an artifact: what its successors are handed stays in the journal. */
  agentAnswerCharsMax: 12_000,

  /** The answer of an agent program that runs as a command. The predecessor's figure for what one step may answer. */
  headlessAnswerCharsMax: 4 * 1024 * 1024,
  /** Diagnostics about one run of such a program, each cut to so many characters; the rest is counted. */
  headlessDiagnosticsMax: 20,
  headlessComplaintCharsMax: 400,
  /** Tool calls of it that are under way, by name. */
  headlessOpenCallsMax: 1_000,

  // What models are told is a world of its own; its limits stand beside this file, and are part of this table.
  ...inspectLimits,
  ...mcpLimits,
  ...telemetryLimits,
  ...toolLimits,
  // So is the viewer's.
  ...viewerLimits,
  ...viewerPageLimits,
} as const;
