import type { Commit } from "../domain/commit.ts";
import type { RunfoldError } from "../domain/errors.ts";
import type { Event, RecordedEvent } from "../domain/events.ts";
import type { EpochMs, Position, StepId } from "../domain/ids.ts";
import type { QueuedNotice } from "../domain/notice.ts";
import { isRunEnded } from "../domain/status.ts";
import { Frontier } from "../projections/frontier.ts";
import { audienceOf, MaterialIndex } from "../projections/material.ts";
import type { Audience } from "../projections/material.ts";
import { MessageBook } from "../projections/messages.ts";
import { NoticeBook } from "../projections/notices.ts";
import { RunView } from "../projections/run-view.ts";
import { isOfMessage, MessageSenders } from "./message-senders.ts";
import { Waiters } from "./waiters.ts";

/** Who is told of each committed event, in order. `position` is the last that it was told of. */
export interface Listener {
  position: Position;
  next(recorded: RecordedEvent): void;
}

/** Who is told that something was committed, once for each batch. */
export interface BatchListener {
  advanced(): void;
}

/** What a stream folds events into. */
export interface StreamParts {
  readonly view: RunView;
  readonly frontier: Frontier;
  readonly material: MaterialIndex;
  readonly messages: MessageBook;
  readonly notices: NoticeBook;
}

/**
 * The live tail of one run's journal, and the views folded from it. Whoever commits, or reads what another process committed,
 * publishes here; nobody else tells anyone anything.
 *
 * A batch is folded whole before anyone hears of it, then delivered event by event to every listener. A listener that throws is
 * dropped and reported; one that sends a command only queues it, so the order never inverts.
 */
export class RunStream {
  readonly view: RunView;
  readonly frontier: Frontier;
  readonly material: MaterialIndex;
  readonly messages: MessageBook;
  readonly notices: NoticeBook;
  readonly waiters = new Waiters();
  readonly senders = new MessageSenders();
  readonly #listeners = new Set<Listener>();
  readonly #batchListeners = new Set<BatchListener>();
  readonly #noticeListeners = new Set<(notice: QueuedNotice) => void>();
  readonly #stopped = new Set<(error: RunfoldError) => void>();
  readonly #sinks = new Set<StepId>();
  readonly #report: (error: unknown) => void;
  #failure: RunfoldError | undefined;

  /** `parts` are those that a checkpoint restored; without them the stream begins before the run's first event. */
  constructor(report: (error: unknown) => void, parts?: StreamParts) {
    this.#report = report;
    this.view = parts?.view ?? new RunView();
    this.frontier = parts?.frontier ?? new Frontier();
    this.material = parts?.material ?? new MaterialIndex();
    this.messages = parts?.messages ?? new MessageBook();
    this.notices = parts?.notices ?? new NoticeBook();
    for (const sink of this.view.sinks) this.#sinks.add(sink);
  }

  get position(): Position {
    return this.view.position;
  }

  get isEnded(): boolean {
    return this.view.position > 0 && isRunEnded(this.view.status);
  }

  /** Why nothing more will come, although the run has not ended. */
  get failure(): RunfoldError | undefined {
    return this.#failure;
  }

  publish(commits: readonly Commit[]): void {
    const first = this.position + 1;
    const noticed = this.notices.last;
    const audiences: (Audience | undefined)[] = [];
    for (const { at, events } of commits) for (const event of events) audiences.push(this.#fold(event, at));
    if (this.#listeners.size > 0 || !this.waiters.isEmpty) this.#deliver(commits, first, audiences);
    for (const notice of this.notices.after(noticed)) {
      for (const listener of this.#noticeListeners) this.#guard(() => listener(notice));
    }
    if (!this.senders.isEmpty) this.#answer(commits);
    for (const listener of this.#batchListeners) this.#guard(() => listener.advanced());
  }

  #fold(event: Event, at: EpochMs): Audience | undefined {
    this.view.apply(event, at);
    this.frontier.apply(event);
    this.messages.apply(event);
    this.notices.apply(event, at, this.position);
    if (event.type === "run.started" || event.type === "run.forked") {
      this.#sinks.clear();
      for (const sink of this.view.sinks) this.#sinks.add(sink);
    }
    const audience = audienceOf(event, (step) => this.#sinks.has(step));
    if (audience !== undefined) this.material.add(audience, event, this.position);
    return audience;
  }

  #answer(commits: readonly Commit[]): void {
    for (const { events } of commits) {
      for (const event of events) {
        if (!isOfMessage(event)) continue;
        for (const answered of this.senders.take(event)) this.#guard(answered);
      }
    }
  }

  #deliver(commits: readonly Commit[], first: Position, audiences: readonly (Audience | undefined)[]): void {
    let position = first;
    for (const { at, events } of commits) {
      for (const event of events) {
        const audience = audiences[position - first];
        // Where nobody but waits is there to hear, most events concern nobody.
        if (audience === undefined && this.#listeners.size === 0) {
          position++;
          continue;
        }
        const recorded: RecordedEvent = { position, at, event };
        for (const listener of this.#listeners) {
          if (listener.position >= position) continue;
          listener.position = position;
          this.#guard(
            () => listener.next(recorded),
            () => this.#listeners.delete(listener),
          );
        }
        if (audience !== undefined) this.waiters.wake(audience, recorded);
        position++;
      }
    }
  }

  /** Tells a listener of everything after its position that is published from now on. Returns how to stop. */
  listen(listener: Listener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  listenBatches(listener: BatchListener): () => void {
    this.#batchListeners.add(listener);
    return () => this.#batchListeners.delete(listener);
  }

  /** Tells of each notice that is queued from now on. Returns how to stop. */
  listenNotices(listener: (notice: QueuedNotice) => void): () => void {
    this.#noticeListeners.add(listener);
    return () => this.#noticeListeners.delete(listener);
  }

  /** Calls back when the stream stops before the run has ended. Returns how to stop. */
  onStop(stopped: (error: RunfoldError) => void): () => void {
    this.#stopped.add(stopped);
    return () => this.#stopped.delete(stopped);
  }

  /** Nothing more will be published: the journal refused, or the runtime closed. */
  stop(error: RunfoldError): void {
    if (this.#failure !== undefined || this.isEnded) return;
    this.#failure = error;
    for (const stopped of this.#stopped) this.#guard(() => stopped(error));
    this.#stopped.clear();
  }

  #guard(call: () => void, quarantine?: () => void): void {
    try {
      call();
    } catch (error) {
      quarantine?.();
      this.#report(error);
    }
  }
}
