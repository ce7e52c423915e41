import { limits } from "../domain/limits.ts";
import type { Notice } from "../domain/notice.ts";
import type { Clock } from "../ports/clock.ts";
import { onAbort } from "../ports/on-abort.ts";
import type { NoticeAnswer, NoticeFailure, NoticeSink } from "../ports/notice-sink.ts";
import { cutText } from "../domain/cut-text.ts";
import { textOf } from "./error-text.ts";

/** One subscriber: hands notices to its sink, so many at the same time, and waits for its answers, so long. */
export class NoticeSubscriber {
  readonly name: string;
  readonly #sink: NoticeSink;
  readonly #clock: Clock;
  readonly #waiting: (() => void)[] = [];
  readonly #stop = new AbortController();
  #free: number = limits.noticesAtOnceMax;

  constructor(name: string, sink: NoticeSink, clock: Clock) {
    this.name = name;
    this.#sink = sink;
    this.#clock = clock;
  }

  /** Why the notice is not delivered; undefined where it is. Never rejects. */
  async give(notice: Notice): Promise<NoticeFailure | undefined> {
    if (this.#free > 0) this.#free--;
    else await new Promise<void>((resolve) => this.#waiting.push(resolve));
    try {
      return await this.#giveNow(notice);
    } finally {
      const next = this.#waiting.shift();
      if (next === undefined) this.#free++;
      else next();
    }
  }

  /** Tells the sink that nobody waits for it any more. */
  stop(): void {
    this.#stop.abort();
  }

  async #giveNow(notice: Notice): Promise<NoticeFailure | undefined> {
    const clock = this.#clock;
    const late = new AbortController();
    const signal = AbortSignal.any([late.signal, this.#stop.signal]);
    let isOver: ((failure: NoticeFailure) => void) | undefined;
    const over = new Promise<NoticeFailure>((resolve) => {
      isOver = resolve;
    });
    const timer = clock.setTimer(clock.now() + limits.noticeGiveUpMs, () => {
      isOver?.({ reason: `It gave no answer within ${limits.noticeGiveUpMs} ms.` });
      late.abort();
    });
    const stopped = (): void => isOver?.({ reason: "The runtime was closed before it gave an answer." });
    const listenNoMore = onAbort(this.#stop.signal, stopped);
    try {
      return await Promise.race([this.#ask(notice, signal), over]);
    } finally {
      timer.cancel();
      listenNoMore();
    }
  }

  async #ask(notice: Notice, signal: AbortSignal): Promise<NoticeFailure | undefined> {
    try {
      const sink = this.#sink;
      return failureOf(await sink(notice, { signal }));
    } catch (error) {
      return { reason: textOf(error) };
    }
  }
}

/** A sink may come from a program without types: whatever is no failure is none. */
function failureOf(answer: NoticeAnswer): NoticeFailure | undefined {
  if (typeof answer === "string") return { reason: cutText(answer, limits.failureMessageCharsMax) };
  if (typeof answer !== "object" || answer === null || typeof answer.reason !== "string") return undefined;
  const { reason, isFinal, retryAfterMs } = answer;
  return {
    reason: cutText(reason, limits.failureMessageCharsMax),
    isFinal: isFinal === true,
    ...(typeof retryAfterMs === "number" && retryAfterMs >= 0 ? { retryAfterMs } : {}),
  };
}
