import type { Cursor } from "../domain/cursor.ts";
import { cursorAt } from "../domain/cursor.ts";
import { recordedEvents } from "../domain/commit.ts";
import type { Commit } from "../domain/commit.ts";
import { RunfoldError } from "../domain/errors.ts";
import type { Position, StepId } from "../domain/ids.ts";
import { limits } from "../domain/limits.ts";
import { isStepEnded } from "../domain/status.ts";
import type { RunSnapshot } from "../projections/run-snapshot.ts";
import type { Clock } from "../ports/clock.ts";
import { onAbort } from "../ports/on-abort.ts";
import { readOwn } from "./read-own.ts";
import { ownRun, withCursor } from "./run-events.ts";
import type { CursoredEvent, EventSource } from "./run-events.ts";
import type { Interest, Waiter } from "./waiters.ts";

export interface WaitRequest {
  readonly interest: Interest;
  readonly after: Position;
  /** Undefined waits for as long as it takes; 0 only looks. */
  readonly timeoutMs: number | undefined;
  readonly signal: AbortSignal | undefined;
}

/** Why a wait came back, and what happened since its cursor. */
export interface WaitReceipt {
  /** `end`: what was waited for has ended. `event`: something material happened. `timeout`: neither, in the given time. */
  readonly woke: "end" | "event" | "timeout";
  /** Whether it had already happened when the wait began. */
  readonly isImmediate: boolean;
  /** The first material event after `before`; undefined at a timeout. */
  readonly event: CursoredEvent | undefined;
  /** The material events after `before`, oldest first, at most `limits.receiptEventsMax`. */
  readonly events: readonly CursoredEvent[];
  /** How many more there were. */
  readonly omittedEvents: number;
  readonly before: Cursor;
  /** Wait on from here: everything up to it is in this receipt. */
  readonly cursor: Cursor;
  readonly position: Position;
  readonly run: RunSnapshot;
}

/**
 * Waits for a material event after a position, or for the end. Looking and registering happen in one go, so nothing falls
 * between them.
 * @throws `run.abandoned` when nobody writes the run any more; the signal's reason when it aborts; what stopped the run's stream; `wait.invalid`.
 */
export async function waitFor(source: EventSource, clock: Clock, request: WaitRequest): Promise<WaitReceipt> {
  const { stream } = source;
  const { interest, after, timeoutMs, signal } = request;
  if (timeoutMs !== undefined && !(timeoutMs >= 0 && timeoutMs <= limits.waitSecondsMax * 1_000)) {
    const message = `A wait takes from 0 to ${limits.waitSecondsMax * 1_000} milliseconds, not ${timeoutMs}.`;
    throw new RunfoldError("wait.invalid", message, { details: { timeoutMs } });
  }
  signal?.throwIfAborted();
  const isImmediate = isMet(source, interest, after);
  if (!isImmediate && timeoutMs !== 0) {
    if (source.isAbandoned()) await source.refuseAbandoned();
    if (stream.failure === undefined && !isMet(source, interest, after)) await wakeUp(source, clock, request);
  }
  if (stream.failure !== undefined && !isMet(source, interest, after)) throw stream.failure;
  return receiptOf(source, request, isImmediate);
}

function isMet({ stream }: EventSource, interest: Interest, after: Position): boolean {
  if (hasEnded({ stream }, interest.step)) return true;
  return interest.until === "material" && materialPositions({ stream }, interest.step, after).length > 0;
}

function hasEnded({ stream }: Pick<EventSource, "stream">, step: StepId | undefined): boolean {
  if (stream.isEnded) return true;
  return step !== undefined && isStepEnded(stream.view.step(step)!.status);
}

function materialPositions(
  { stream }: Pick<EventSource, "stream">,
  step: StepId | undefined,
  after: Position,
): readonly Position[] {
  if (step === undefined) return stream.material.forRun(after);
  return stream.material.forStep(step, stream.view.step(step)!.endedAtPosition, after);
}

function wakeUp({ stream }: EventSource, clock: Clock, request: WaitRequest): Promise<void> {
  const { interest, timeoutMs, signal } = request;
  return new Promise((resolve, reject) => {
    const release = (): void => {
      stream.waiters.remove(waiter);
      timer?.cancel();
      stopListening();
      ignoreSignal?.();
    };
    const wake = (): void => {
      release();
      resolve();
    };
    const waiter: Waiter = { interest, since: stream.position, wake };
    const abort = (): void => {
      release();
      reject(signal!.reason as Error);
    };
    const stopListening = stream.onStop((error) => {
      release();
      reject(error);
    });
    const timer = timeoutMs === undefined ? undefined : clock.setTimer(clock.now() + timeoutMs, wake);
    stream.waiters.add(waiter);
    const ignoreSignal = signal === undefined ? undefined : onAbort(signal, abort);
  });
}

async function receiptOf(source: EventSource, request: WaitRequest, isImmediate: boolean): Promise<WaitReceipt> {
  const { run, stream } = source;
  const { interest, after } = request;
  // All of this is taken in one go, before anything is awaited, so that the parts of the receipt agree.
  const { position, life } = stream.view;
  const snapshot = stream.view.snapshot();
  const hasEndedNow = hasEnded(source, interest.step);
  const positions = materialPositions(source, interest.step, after);
  const events: CursoredEvent[] = [];
  let commit: Commit | undefined;
  for (const at of positions.slice(0, limits.receiptEventsMax)) {
    // One commit may hold thousands of them: it is read once.
    if (commit === undefined || commit.position < at) [commit] = await readOwn(ownRun(source), at - 1, 1);
    if (commit === undefined) break;
    for (const recorded of recordedEvents(commit, at - 1)) {
      events.push(withCursor(source, recorded));
      break;
    }
  }
  const isWoken = hasEndedNow || (interest.until === "material" && positions.length > 0);
  return {
    woke: hasEndedNow ? "end" : isWoken ? "event" : "timeout",
    isImmediate,
    event: isWoken ? events[0] : undefined,
    events,
    omittedEvents: positions.length - events.length,
    before: cursorAt(run, life, after),
    cursor: cursorAt(run, life, position),
    position,
    run: snapshot,
  };
}
