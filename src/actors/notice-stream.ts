import { Observable } from "rxjs";
import type { Notice, QueuedNotice } from "../domain/notice.ts";
import { GuardedObservable } from "./guarded-observable.ts";
import type { ObserverReport } from "./guarded-observable.ts";
import { noticeOf } from "./notice-content.ts";
import type { NoticeSource } from "./notice-content.ts";

/** Makes notices of what is queued, one after the other, and tells of each. */
export class NoticeRelay {
  readonly #next: (notice: Notice) => void;
  readonly #report: ObserverReport;
  #last: Promise<void> = Promise.resolve();

  constructor(next: (notice: Notice) => void, report: ObserverReport) {
    this.#next = next;
    this.#report = report;
  }

  put(source: NoticeSource, queued: QueuedNotice): void {
    this.afterwards(async () => this.#next(await noticeOf(source, queued, 1)));
  }

  /** Once all that was put so far has been told of. */
  afterwards(call: () => void | Promise<void>): void {
    this.#last = this.#last.then(call).catch(this.#report);
  }
}

/** The notices of one run, those so far first; completes after the run's end. To be watched, not to be delivered: nothing is kept of it. */
export function observeNotices(source: NoticeSource, report: ObserverReport): Observable<Notice> {
  const { stream } = source;
  return new GuardedObservable<Notice>(report, (subscriber) => {
    const relay = new NoticeRelay((notice) => subscriber.next(notice), report);
    for (const queued of stream.notices.list()) relay.put(source, queued);
    const finish = (): void => {
      if (stream.isEnded) relay.afterwards(() => subscriber.complete());
    };
    finish();
    const stops = [
      stream.listenNotices((queued) => relay.put(source, queued)),
      stream.listenBatches({ advanced: finish }),
      stream.onStop((error) => relay.afterwards(() => subscriber.error(error))),
    ];
    return () => {
      for (const stop of stops) stop();
    };
  });
}
