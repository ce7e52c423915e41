import type { Notice } from "../domain/notice.ts";

/**
 * Takes one notice. What it returns, or resolves with, decides: nothing means that the notice is delivered; a text, or a
 * {@link NoticeFailure}, that it is not, and why. To throw or to reject is to fail, too. Whatever it does changes no run.
 *
 * It is called again for a notice that was not delivered, and after a crash maybe for one that was: `notice.key` tells.
 */
export type NoticeSink = (notice: Notice, context: NoticeContext) => NoticeAnswer | PromiseLike<NoticeAnswer>;

export interface NoticeContext {
  /** Aborts once its answer is no longer waited for, after `limits.noticeGiveUpMs`. */
  readonly signal: AbortSignal;
}

// oxlint-disable-next-line typescript/no-invalid-void-type -- a callback that returns nothing is the usual one
export type NoticeAnswer = void | undefined | string | NoticeFailure;

export interface NoticeFailure {
  readonly reason: string;
  /** Trying again would not help: the notice is undelivered at once. */
  readonly isFinal?: boolean;
  /** Not before so long from now. Cut at `limits.noticeBackoffMaxMs`. */
  readonly retryAfterMs?: number;
}

/** Who is told of the notices of the runs that a runtime writes. */
export interface NoticeSubscription {
  /**
   * Under this name is kept what it has been told, so it must be the same in the next process, and nobody else's at the same time.
   * Letters, digits, `-`, `_` and `.`, at most `limits.subscriberCharsMax`.
   */
  readonly subscriber: string;
  readonly sink: NoticeSink;
}
