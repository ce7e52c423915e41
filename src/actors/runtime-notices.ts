import type { Observable } from "rxjs";
import type { RunId } from "../domain/ids.ts";
import type { Notice, NoticeNumber, QueuedNotice, RunNoticeMark } from "../domain/notice.ts";
import { GuardedObservable } from "./guarded-observable.ts";
import type { ObserverReport } from "./guarded-observable.ts";
import { NoticeDesk } from "./notice-desk.ts";
import type { NoticeDeskParts } from "./notice-desk.ts";
import { NoticeRelay } from "./notice-stream.ts";
import type { RunStream } from "./run-stream.ts";

export interface RuntimeNoticesParts extends NoticeDeskParts {
  /** @throws `runtime.closed` */
  refuseClosed(): void;
}

/** The notices of the runs that a runtime writes: who is told, who could not be. */
export class RuntimeNotices {
  /**
   * The notices that runs of this runtime queue from now on, of each run in their order. To be watched: what nobody listens to is not
   * kept for later, as it is for a subscriber. Completes when the runtime is closed.
   */
  readonly all$: Observable<Notice>;
  readonly #parts: RuntimeNoticesParts;
  readonly #desk: NoticeDesk;
  readonly #relays = new Set<NoticeRelay>();
  readonly #closed = new Set<() => void>();

  /** @internal */
  constructor(parts: RuntimeNoticesParts) {
    this.#parts = parts;
    this.#desk = new NoticeDesk(parts);
    const observerFailed: ObserverReport = (error) => parts.report("observer-failed", undefined, error);
    this.all$ = new GuardedObservable<Notice>(observerFailed, (subscriber) => {
      const relay = new NoticeRelay((notice) => subscriber.next(notice), observerFailed);
      const complete = (): void => relay.afterwards(() => subscriber.complete());
      this.#relays.add(relay);
      this.#closed.add(complete);
      return () => {
        this.#relays.delete(relay);
        this.#closed.delete(complete);
      };
    });
  }

  /** What became of a run's notices for every subscriber that it ever had, in any process. Number 0 stands for the run itself. */
  async of(run: RunId): Promise<readonly RunNoticeMark[]> {
    this.#parts.refuseClosed();
    return this.#parts.journal.noticeMarks({ run });
  }

  /** The notices of this journal that a subscriber could not be told, with the reasons. At most `limits.noticeMarksMax`. */
  async undelivered(subscriber: string): Promise<readonly RunNoticeMark[]> {
    this.#parts.refuseClosed();
    return this.#parts.journal.noticeMarks({ subscriber, state: "undelivered" });
  }

  /**
   * Tries the undelivered notices of one of this runtime's subscribers once more, all of them or those of one run. Resolves with how
   * many there are; they keep their keys.
   * @throws `notice.invalid` for a subscriber that this runtime has not; `runtime.closed`; what the journal refuses with.
   */
  async redeliver(subscriber: string, run?: RunId): Promise<number> {
    this.#parts.refuseClosed();
    return this.#desk.redeliver(subscriber, run);
  }

  /** @internal */
  get subscribers(): readonly string[] {
    return this.#desk.names;
  }

  /** A run is written here from now on; it has queued the notices after number `before` since it came here. @internal */
  async begun(run: RunId, stream: RunStream, before: NoticeNumber, isNew: boolean): Promise<void> {
    const { journal, artifacts } = this.#parts;
    const source = { run, stream, journal, artifacts };
    const tell = (queued: QueuedNotice): void => {
      for (const relay of this.#relays) relay.put(source, queued);
    };
    for (const queued of stream.notices.after(before)) tell(queued);
    stream.listenNotices(tell);
    await this.#desk.attach(run, stream, isNew);
  }

  /** @internal */
  async resume(): Promise<void> {
    await this.#desk.resume().catch((error: unknown) => this.#parts.report("notices-failed", undefined, error));
  }

  /** @internal */
  async close(): Promise<void> {
    await this.#desk.close();
    for (const complete of this.#closed) complete();
  }
}
