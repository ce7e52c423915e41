import { RunfoldError } from "../domain/errors.ts";
import type { RunId } from "../domain/ids.ts";
import { limits } from "../domain/limits.ts";
import type { NoticeMark, QueuedNotice } from "../domain/notice.ts";
import type { ArtifactStore } from "../ports/artifact-store.ts";
import type { Clock } from "../ports/clock.ts";
import type { Entropy } from "../ports/entropy.ts";
import type { Journal } from "../ports/journal.ts";
import type { NoticeSubscription } from "../ports/notice-sink.ts";
import { loadRun } from "./load-run.ts";
import { NoticeQueue } from "./notice-queue.ts";
import { NoticeSubscriber } from "./notice-subscriber.ts";
import type { RunStream } from "./run-stream.ts";

export interface NoticeDeskParts {
  readonly journal: Journal;
  readonly clock: Clock;
  readonly entropy: Entropy;
  readonly artifacts: ArtifactStore;
  readonly subscriptions: readonly NoticeSubscription[];
  /** Whether a run is written, or about to be, by this runtime. */
  isOwned(run: RunId): boolean;
  /** A subscriber failed: told once for each distinct reason. */
  failed(run: RunId, subscriber: string, reason: string): void;
  report(code: string, run: RunId | undefined, error: unknown): void;
}

/**
 * Delivers notices, each to every subscriber, at least once: what a subscriber has been told is kept beside the runs, and what it has
 * not is told by the next process that has the subscriber's name. Nothing that a subscriber does reaches a run.
 */
export class NoticeDesk {
  readonly #parts: NoticeDeskParts;
  readonly #subscribers: readonly NoticeSubscriber[];
  /** One for each run and subscriber that has something to be told. */
  readonly #queues = new Map<string, NoticeQueue>();
  readonly #idle = new Set<() => void>();
  #isClosed = false;

  /** @throws `notice.invalid` for a name that is none, or twice there. */
  constructor(parts: NoticeDeskParts) {
    this.#parts = parts;
    checkNames(parts.subscriptions);
    this.#subscribers = parts.subscriptions.map(
      ({ subscriber, sink }) => new NoticeSubscriber(subscriber, sink, parts.clock),
    );
  }

  get names(): readonly string[] {
    return this.#subscribers.map(({ name }) => name);
  }

  /** A run is written here from now on. Of one that is not new, what its subscribers have not been told yet comes first. */
  async attach(run: RunId, stream: RunStream, isNew: boolean): Promise<void> {
    if (this.#subscribers.length === 0) return;
    // What cannot be looked up is told again, rather than not at all.
    const marks = isNew
      ? []
      : await this.#parts.journal.noticeMarks({ run }).catch((error: unknown) => {
          this.#parts.report("notices-failed", run, error);
          return [];
        });
    this.#putAll(run, stream, marks);
    stream.listenNotices((notice) => {
      for (const subscriber of this.#subscribers) this.#queue(run, stream, subscriber).put(notice);
    });
  }

  /** Delivers what this journal's subscribers have not been told of runs that have ended, because their process was gone before. */
  async resume(): Promise<void> {
    // Whatever is told of a journal that takes nothing down would be told each time that it is opened.
    if (this.#parts.journal.isReadOnly === true) return;
    for (const { name } of this.#subscribers) {
      const open = await this.#parts.journal.noticeMarks({ subscriber: name, state: "open" });
      for (const { run } of open) {
        if (this.#isClosed) return;
        if (!this.#parts.isOwned(run)) await this.#again(run, []);
      }
    }
  }

  /** Tries undelivered notices once more; resolves with how many there are, before they are delivered. */
  async redeliver(subscriber: string, run?: RunId): Promise<number> {
    this.#known(subscriber);
    const query = { subscriber, state: "undelivered", ...(run === undefined ? {} : { run }) } as const;
    const marks = await this.#parts.journal.noticeMarks(query);
    for (const [id, ofRun] of grouped(marks)) await this.#again(id, ofRun);
    return marks.length;
  }

  /** Waits for what is being delivered, for a while, and lets go of the rest. */
  async close(): Promise<void> {
    this.#isClosed = true;
    for (const queue of this.#queues.values()) queue.close();
    const { clock } = this.#parts;
    if (this.#queues.size > 0) {
      await new Promise<void>((resolve) => {
        const timer = clock.setTimer(clock.now() + limits.noticeCloseMs, resolve);
        this.#idle.add(() => {
          timer.cancel();
          resolve();
        });
      });
    }
    for (const subscriber of this.#subscribers) subscriber.stop();
  }

  async #again(run: RunId, undelivered: readonly NoticeMark[]): Promise<void> {
    const { journal, clock } = this.#parts;
    try {
      const report = (error: unknown): void => this.#parts.report("notices-failed", run, error);
      const loaded = await loadRun(run, { journal, clock, report });
      if (loaded === undefined || (undelivered.length === 0 && !loaded.stream.isEnded)) return;
      const { stream } = loaded;
      const marks = await journal.noticeMarks({ run });
      for (const { subscriber: name, notice, attempts } of undelivered) {
        const subscriber = this.#subscribers.find((one) => one.name === name);
        const queued = stream.notices.list().find((one) => one.notice === notice);
        if (subscriber !== undefined && queued !== undefined) {
          this.#queue(run, stream, subscriber).put(queued, attempts);
        }
      }
      if (undelivered.length === 0) this.#putAll(run, stream, marks);
    } catch (error) {
      this.#parts.report("notices-failed", run, error);
    }
  }

  /** All notices so far that nobody has noted anything about. */
  #putAll(run: RunId, stream: RunStream, marks: readonly NoticeMark[]): void {
    for (const subscriber of this.#subscribers) {
      const own = marks.filter((mark) => mark.subscriber === subscriber.name);
      const told = new Set(own.map(({ notice }) => notice));
      const left: QueuedNotice[] = stream.notices.list().filter(({ notice }) => !told.has(notice));
      for (const notice of left) this.#queue(run, stream, subscriber).put(notice);
      // Its process was gone before it could note that there is nothing left.
      if (left.length === 0 && stream.isEnded) this.#settle(run, stream, subscriber.name);
    }
  }

  #settle(run: RunId, { view }: RunStream, subscriber: string): void {
    const { journal, clock } = this.#parts;
    const mark: NoticeMark = { subscriber, notice: 0, state: "closed", attempts: 0, at: clock.now() };
    journal
      .markNotice(run, mark, view.life)
      .catch((error: unknown) => this.#parts.report("notices-failed", run, error));
  }

  #queue(run: RunId, stream: RunStream, subscriber: NoticeSubscriber): NoticeQueue {
    const { journal, clock, entropy, artifacts } = this.#parts;
    const key = `${run}\n${stream.view.life}\n${subscriber.name}`;
    const known = this.#queues.get(key);
    if (known !== undefined) return known;
    const queue = new NoticeQueue({
      source: { run, stream, journal, artifacts },
      subscriber,
      clock,
      entropy,
      failed: (reason) => this.#parts.failed(run, subscriber.name, reason),
      markFailed: (error) => this.#parts.report("notices-failed", run, error),
      idle: () => {
        this.#queues.delete(key);
        if (this.#queues.size > 0) return;
        for (const told of this.#idle) told();
        this.#idle.clear();
      },
    });
    if (this.#isClosed) queue.close();
    this.#queues.set(key, queue);
    return queue;
  }

  #known(subscriber: string): void {
    if (this.#subscribers.some(({ name }) => name === subscriber)) return;
    const message = `This runtime has no subscriber ${JSON.stringify(subscriber)}, so it has nobody to deliver its notices to.`;
    throw new RunfoldError("notice.invalid", message, { details: { subscriber } });
  }
}

function grouped<Mark extends { readonly run: RunId }>(marks: readonly Mark[]): Map<RunId, Mark[]> {
  const byRun = new Map<RunId, Mark[]>();
  for (const mark of marks) byRun.set(mark.run, [...(byRun.get(mark.run) ?? []), mark]);
  return byRun;
}

function checkNames(subscriptions: readonly NoticeSubscription[]): void {
  const names = new Set<string>();
  for (const { subscriber } of subscriptions) {
    const isName = typeof subscriber === "string" && /^[A-Za-z0-9_.-]+$/.test(subscriber);
    const problem = !isName
      ? "it is made of letters, digits, `-`, `_` and `.`"
      : subscriber.length > limits.subscriberCharsMax
        ? `it has at most ${limits.subscriberCharsMax} characters`
        : names.has(subscriber)
          ? "another subscriber has it"
          : undefined;
    if (problem !== undefined) {
      const message = `A subscriber's name cannot be ${JSON.stringify(subscriber)}: ${problem}.`;
      throw new RunfoldError("notice.invalid", message, { details: { subscriber } });
    }
    names.add(subscriber);
  }
  if (names.size > limits.subscribersMax) {
    const message = `${names.size} subscribers are more than the ${limits.subscribersMax} that a runtime takes.`;
    throw new RunfoldError("notice.invalid", message);
  }
}
