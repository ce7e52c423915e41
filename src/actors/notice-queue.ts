import { limits } from "../domain/limits.ts";
import type { NoticeMark, NoticeNumber, QueuedNotice } from "../domain/notice.ts";
import type { Clock, Timer } from "../ports/clock.ts";
import type { Entropy } from "../ports/entropy.ts";
import type { NoticeFailure } from "../ports/notice-sink.ts";
import { noticeOf } from "./notice-content.ts";
import type { NoticeSource } from "./notice-content.ts";
import type { NoticeSubscriber } from "./notice-subscriber.ts";
import { textOf } from "./error-text.ts";

export interface NoticeQueueParts {
  readonly source: NoticeSource;
  readonly subscriber: NoticeSubscriber;
  readonly clock: Clock;
  readonly entropy: Entropy;
  /** What the subscriber did wrong. */
  failed(reason: string): void;
  /** What became of a notice could not be kept, so it will be delivered again. */
  markFailed(error: unknown): void;
  /** Nothing is left to deliver, for now. */
  idle(): void;
}

/** The notices of one run to one subscriber: one after the other, in their order, each until it is delivered or given up. */
export class NoticeQueue {
  readonly #parts: NoticeQueueParts;
  readonly #waiting: { readonly notice: QueuedNotice; readonly attempts: number }[] = [];
  readonly #known = new Set<NoticeNumber>();
  #isWorking = false;
  #isClosing = false;
  #pause: { readonly timer: Timer; readonly end: () => void } | undefined;

  constructor(parts: NoticeQueueParts) {
    this.#parts = parts;
  }

  get isIdle(): boolean {
    return !this.#isWorking;
  }

  /** `attempts` were made before. One that waits already is not put there twice. */
  put(notice: QueuedNotice, attempts = 0): void {
    if (this.#known.has(notice.notice) || this.#isClosing) return;
    this.#known.add(notice.notice);
    this.#waiting.push({ notice, attempts });
    if (this.#isWorking) return;
    this.#isWorking = true;
    void this.#work();
  }

  /** Tries what waits once more at most: what fails then stays for the next process. */
  close(): void {
    this.#isClosing = true;
    this.#pause?.timer.cancel();
    this.#pause?.end();
  }

  async #work(): Promise<void> {
    for (let next = this.#waiting.shift(); next !== undefined; next = this.#waiting.shift()) {
      const isDone = await this.#deliver(next.notice, next.attempts);
      // The order is kept, also across processes: what comes after one that waits, waits as well.
      if (!isDone) break;
      this.#known.delete(next.notice.notice);
    }
    this.#isWorking = false;
    this.#parts.idle();
  }

  /** Whether it is known what became of it. */
  async #deliver(notice: QueuedNotice, before: number): Promise<boolean> {
    const { subscriber, source } = this.#parts;
    for (let tried = 1; ; tried++) {
      const attempts = before + tried;
      let failure: NoticeFailure | undefined;
      try {
        failure = await subscriber.give(await noticeOf(source, notice, attempts));
      } catch (error) {
        failure = { reason: textOf(error) };
      }
      if (failure === undefined) return await this.#mark(notice, { state: "delivered", attempts });
      this.#parts.failed(failure.reason);
      if (failure.isFinal === true || tried >= limits.noticeAttemptsMax) {
        return await this.#mark(notice, { state: "undelivered", attempts, reason: failure.reason });
      }
      if (this.#isClosing) return false;
      await this.#wait(tried, failure.retryAfterMs ?? 0);
      if (this.#isClosing) return false;
    }
  }

  async #mark(
    { notice, isTerminal }: QueuedNotice,
    mark: Pick<NoticeMark, "state" | "attempts" | "reason">,
  ): Promise<boolean> {
    const { source, subscriber, clock } = this.#parts;
    const { run, journal, stream } = source;
    const about = { subscriber: subscriber.name, at: clock.now() };
    const { life } = stream.view;
    try {
      await journal.markNotice(run, { ...about, notice, ...mark }, life);
      if (isTerminal && (await this.#isAllMarked())) {
        await journal.markNotice(run, { ...about, notice: 0, state: "closed", attempts: 0 }, life);
      }
    } catch (error) {
      this.#parts.markFailed(error);
    }
    return true;
  }

  /** Otherwise something could not be kept, and the run stays open for the next process, which tells that again. */
  async #isAllMarked(): Promise<boolean> {
    const { run, journal, stream } = this.#parts.source;
    const marks = await journal.noticeMarks({ run, subscriber: this.#parts.subscriber.name });
    const marked = new Set(marks.map(({ notice }) => notice));
    return stream.notices.list().every(({ notice }) => marked.has(notice));
  }

  /** Longer with each failure; chance takes a part away, so that many that failed together are not tried together. */
  async #wait(tried: number, atLeastMs: number): Promise<void> {
    const { clock, entropy } = this.#parts;
    const full = Math.min(limits.noticeBackoffMs * limits.backoffGrowth ** (tried - 1), limits.noticeBackoffMaxMs);
    const jittered = full * (1 - limits.backoffJitterFraction * entropy.fraction());
    const waitMs = Math.max(jittered, Math.min(atLeastMs, limits.noticeBackoffMaxMs));
    await new Promise<void>((end) => {
      const timer = clock.setTimer(clock.now() + Math.round(waitMs), end, { isBackground: true });
      this.#pause = { timer, end };
    });
    this.#pause = undefined;
  }
}
