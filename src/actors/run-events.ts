import type { Observable } from "rxjs";
import type { Cursor } from "../domain/cursor.ts";
import { cursorAt } from "../domain/cursor.ts";
import { recordedEvents } from "../domain/commit.ts";
import type { Commit } from "../domain/commit.ts";
import type { RecordedEvent } from "../domain/events.ts";
import type { Position, RunId } from "../domain/ids.ts";
import type { Journal } from "../ports/journal.ts";
import { onAbort } from "../ports/on-abort.ts";
import { cleanedUp } from "./journal-error.ts";
import { GuardedObservable } from "./guarded-observable.ts";
import type { ObserverReport } from "./guarded-observable.ts";
import { readOwn } from "./read-own.ts";
import type { OwnRun } from "./read-own.ts";
import type { Listener, RunStream } from "./run-stream.ts";

/** An event with its place: read on after `cursor`, in this or another process. */
export interface CursoredEvent extends RecordedEvent {
  readonly cursor: Cursor;
}

/** Where one run's events come from: what is committed from the journal, what is coming from the stream. */
export interface EventSource {
  readonly run: RunId;
  readonly journal: Journal;
  readonly stream: RunStream;
  readonly report: ObserverReport;
  /** Whether nobody writes the run any more, as far as this process has read it. */
  isAbandoned(): boolean;
  /** @throws `run.abandoned` once it is certain that nothing will ever come any more. */
  refuseAbandoned(): Promise<void>;
}

/** The run that a source is of, told from later ones of the same id. */
export function ownRun({ run, journal, stream }: EventSource): OwnRun {
  return { run, journal, life: stream.view.life };
}

export function withCursor({ run, stream }: EventSource, { position, at, event }: RecordedEvent): CursoredEvent {
  return { position, at, event, cursor: cursorAt(run, stream.view.life, position) };
}

/**
 * Events after a position up to the run's end. A slow reader holds a place in the journal, never a buffer.
 * Ends early, without an error, when `signal` aborts.
 * @throws what stopped the run's stream, when it stopped before the run ended.
 */
export async function* readEvents(
  source: EventSource,
  after: Position,
  signal?: AbortSignal,
): AsyncGenerator<CursoredEvent, void, void> {
  const { run, stream } = source;
  let position = after;
  const isAborted = (): boolean => signal?.aborted === true;
  while (!isAborted()) {
    const head = stream.position;
    if (stream.isEnded && position >= head) return;
    const start = position;
    for (const commit of await readOwn(ownRun(source), start)) {
      if (isAhead(commit, stream)) break;
      for (const recorded of recordedEvents(commit, position)) {
        if (isAborted()) return;
        yield withCursor(source, recorded);
      }
      position = commit.position;
    }
    if (position > start) continue;
    if (stream.failure !== undefined) throw stream.failure;
    if (position < head) throw cleanedUp(run);
    await advanceBeyond(stream, position, signal);
  }
}

/**
 * What is committed is in the journal a moment before it is in the views. A reader waits for that moment: whoever hears of an
 * event finds it in the snapshot, and may wait on from its cursor.
 */
function isAhead(commit: Commit, stream: RunStream): boolean {
  return commit.position > stream.position && stream.failure === undefined;
}

/** Resolves when the stream has events after a position, when it stops, and when the signal aborts. */
export function advanceBeyond(stream: RunStream, position: Position, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve) => {
    const isOver = stream.failure !== undefined || stream.isEnded || signal?.aborted === true;
    if (stream.position > position || isOver) return resolve();
    const finish = (): void => {
      stopBatches();
      stopStops();
      ignoreSignal?.();
      resolve();
    };
    const stopBatches = stream.listenBatches({ advanced: finish });
    const stopStops = stream.onStop(finish);
    const ignoreSignal = signal === undefined ? undefined : onAbort(signal, finish);
  });
}

/**
 * The same as a cold Observable: each subscriber catches up from the journal, then hears of each commit as it is published,
 * in order, however it reacts. Completes after the run's end.
 */
export function observeEvents(source: EventSource, after: Position): Observable<CursoredEvent> {
  const { run, stream } = source;
  return new GuardedObservable<CursoredEvent>(source.report, (subscriber) => {
    const stops: (() => void)[] = [];
    const deliver = (recorded: RecordedEvent): void => {
      subscriber.next(withCursor(source, recorded));
      if (recorded.event.type === "run.settled") subscriber.complete();
    };
    const catchUp = async (): Promise<void> => {
      let position = after;
      for (;;) {
        const start = position;
        const head = stream.position;
        for (const commit of await readOwn(ownRun(source), start)) {
          if (isAhead(commit, stream)) break;
          for (const recorded of recordedEvents(commit, position)) {
            if (subscriber.closed) return;
            deliver(recorded);
          }
          position = commit.position;
        }
        if (subscriber.closed) return;
        if (position >= stream.position) break;
        if (position === start && position < head) throw cleanedUp(run);
      }
      if (stream.failure !== undefined) return subscriber.error(stream.failure);
      if (stream.isEnded) return subscriber.complete();
      const listener: Listener = { position, next: deliver };
      stops.push(
        stream.listen(listener),
        stream.onStop((error) => subscriber.error(error)),
      );
    };
    catchUp().catch((error: unknown) => subscriber.error(error));
    return () => {
      for (const stop of stops) stop();
    };
  });
}

/** The run's snapshot now, then after each batch of commits. Completes after the run's end, with the last snapshot seen. */
export function observeSnapshots<Snapshot>(
  stream: RunStream,
  report: ObserverReport,
  snapshot: () => Snapshot,
): Observable<Snapshot> {
  return new GuardedObservable<Snapshot>(report, (subscriber) => {
    const tell = (): void => {
      subscriber.next(snapshot());
      if (stream.isEnded) subscriber.complete();
    };
    tell();
    if (subscriber.closed) return undefined;
    if (stream.failure !== undefined) return subscriber.error(stream.failure);
    const stops = [stream.listenBatches({ advanced: tell }), stream.onStop((error) => subscriber.error(error))];
    return () => {
      for (const stop of stops) stop();
    };
  });
}
