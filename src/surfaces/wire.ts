import type {
  Blocker,
  CursoredEvent,
  Divergence,
  Event,
  Frame,
  MessageReceipt,
  Position,
  QueuedNotice,
  RunId,
  RunNoticeMark,
  RunSnapshot,
  RunStatus,
  RunSummary,
  RuntimeDiagnostic,
  StepCounts,
  StepSnapshot,
  StepStatus,
  Verification,
  WaitReceipt,
} from "../index.ts";

/**
 * The shapes of `--json`, one line each. They are stable: fields may be added, none is renamed or removed. What is undefined
 * is left out of the line. Times are milliseconds since 1970 UTC, and end in `At`.
 */
export type WireStatus = Exclude<StepStatus | RunStatus, "timedOut"> | "timed_out";

/** Whether the process that writes a run lives. Told only of a run that has not ended. */
export type OwnerState = "alive" | "gone" | "unknown";

export function wireStatus(status: StepStatus | RunStatus): WireStatus {
  return status === "timedOut" ? "timed_out" : status;
}

export function wireRun(run: RunSnapshot, ownerState?: OwnerState) {
  const { counts, owner } = run;
  return {
    id: run.id,
    name: run.graph.name,
    objective: run.graph.objective,
    status: wireStatus(run.status),
    isEnded: run.isEnded,
    startedAt: run.startedAt,
    updatedAt: run.updatedAt,
    endedAt: run.endedAt,
    deadlineAt: run.deadlineAt,
    cleanupAt: run.cleanupAt,
    cancelReason: run.cancelReason,
    activity: run.activity,
    position: run.position,
    counts: wireCounts(counts),
    usage: run.usage,
    sinks: run.sinks,
    owner: { host: owner.host, pid: owner.pid, state: ownerState },
  };
}

function wireCounts({ timedOut, ...counts }: StepCounts) {
  const { pending, running, succeeded, failed, blocked, canceled } = counts;
  return { pending, running, succeeded, failed, blocked, timed_out: timedOut, canceled };
}

export function wireStep(step: StepSnapshot) {
  return {
    id: step.id,
    status: wireStatus(step.status),
    attempt: step.attempt,
    needs: step.definition.needs,
    after: step.definition.after,
    startedAt: step.startedAt,
    endedAt: step.endedAt,
    workedMs: step.workedMs,
    usage: step.usage,
    deadlineAt: step.deadlineAt,
    retryAt: step.retryAt,
    isStopping: step.isStopping || undefined,
    activity: step.activity,
    failure: step.failure,
    reason: step.reason,
    blockedBy: step.blockedBy?.map(wireBlocker),
  };
}

export interface StatusParts {
  readonly ownerState?: OwnerState | undefined;
  /** Only this step instead of all. */
  readonly step?: StepSnapshot | undefined;
  readonly receipt?: WaitReceipt | undefined;
}

/** The line of `status`, and the last line of `run`. */
export function wireRunStatus(run: RunSnapshot, { ownerState, step, receipt }: StatusParts = {}) {
  return {
    run: wireRun(run, ownerState),
    steps: step === undefined ? Array.from(run.steps, wireStep) : [wireStep(step)],
    cursor: run.cursor,
    wait: receipt === undefined ? undefined : wireReceipt(receipt),
  };
}

export function wireReceipt(receipt: WaitReceipt) {
  return {
    woke: receipt.woke,
    isImmediate: receipt.isImmediate,
    event: receipt.event === undefined ? undefined : wireEvent(receipt.event),
    events: receipt.events.map(wireEvent),
    omittedEvents: receipt.omittedEvents,
    before: receipt.before,
    cursor: receipt.cursor,
    position: receipt.position,
  };
}

/** What became of a message; also of one that left nothing in the journal, which has no number. */
export function wireMessage({ message, step, channel, key, status, reason, isReused }: MessageReceipt) {
  return { number: message, step, channel, key, status, reason, isReused };
}

/** What became of a notice for each subscriber of its run; `waiting` where nothing is noted yet. */
export interface Delivery {
  readonly subscriber: string;
  readonly state: "waiting" | "delivered" | "undelivered";
  readonly mark: RunNoticeMark | undefined;
}

/** One line of `notices`. */
export function wireNotice(notice: QueuedNotice, told: readonly Delivery[]) {
  const { notice: number, position, at, isTerminal, status, reasons, omittedReasons, isLast } = notice;
  const deliveries = told.map(({ subscriber, state, mark }) => {
    return { subscriber, state, attempts: mark?.attempts, at: mark?.at, reason: mark?.reason };
  });
  return { notice: { number, position, at, isTerminal, status, reasons, omittedReasons, isLast, deliveries } };
}

/** An event as the journal holds it, its type included; only the statuses in it are written as on the wire. */
export function wireEvent({ position, cursor, at, event }: CursoredEvent) {
  return { position, cursor, at, event: wireFact(event) };
}

/** One line of `replay`. */
export function wireFrame({ position, at, event, state }: Frame) {
  const run = { status: wireStatus(state.status), counts: wireCounts(state.counts) };
  return { position, at, event: wireFact(event), run };
}

/** The line of `replay --at`: a status as it was, and where in the journal that is. */
export function wirePast(then: RunSnapshot, positions: Position) {
  const { position, updatedAt } = then;
  return { ...wireRunStatus(then), replay: { position, positions, at: updatedAt } };
}

/** One line of `verify`. `isDamaged` says that this is about what stands before a damage alone. */
export function wireVerified(run: RunId, verification: Verification, isDamaged: boolean) {
  const { ok, commits } = verification;
  const found = ok ? { position: verification.position } : { divergence: wireDivergence(verification.divergence) };
  return { verified: { run, ok, commits, isDamaged: isDamaged || undefined, ...found } };
}

/** Of the commit's events the first that differs, as it is in the journal and as it is decided today. */
function wireDivergence({ position, at, schema, input, expected, actual, index, message }: Divergence) {
  return { position, at, schema, message, index, input, expected: expected[index], actual: actual[index] };
}

function wireFact(event: Event) {
  return event.type === "step.blocked" ? { ...event, by: event.by.map(wireBlocker) } : event;
}

function wireBlocker({ step, status }: Blocker) {
  return { step, status: wireStatus(status) };
}

export function wireSummary(summary: RunSummary, ownerState?: OwnerState) {
  return {
    ...summary,
    status: wireStatus(summary.status),
    owner: ownerState === undefined ? undefined : { state: ownerState },
  };
}

/** Something around the run that changed nothing in it. */
export function wireDiagnostic({ code, message }: RuntimeDiagnostic) {
  return { diagnostic: { code, message } };
}
