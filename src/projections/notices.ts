import type { Event } from "../domain/events.ts";
import type { EpochMs, Position } from "../domain/ids.ts";
import type { NoticeNumber, QueuedNotice } from "../domain/notice.ts";

/**
 * Every notice of a run. Of a run that was forked those of its past are another run's, and not in it. Bounded by the milestones that a
 * graph may ask for.
 */
export class NoticeBook {
  #notices: QueuedNotice[] = [];
  #last: NoticeNumber = 0;

  /** The number of the newest notice; 0 before the first. */
  get last(): NoticeNumber {
    return this.#last;
  }

  /** `position` is that of the event. */
  apply(event: Event, at: EpochMs, position: Position): void {
    if (event.type === "run.forked") this.#notices = [];
    if (event.type !== "notice.queued") return;
    const { type: _, ...notice } = event;
    this.#last = notice.notice;
    this.#notices.push({ ...notice, position, at });
  }

  /** In the order of their numbers. */
  list(): readonly QueuedNotice[] {
    return [...this.#notices];
  }

  /** Those with a number above `number`; none is looked at that has not. */
  after(number: NoticeNumber): readonly QueuedNotice[] {
    if (number === this.#last) return [];
    return this.#notices.slice(Math.max(0, this.#notices.length - (this.#last - number)));
  }

  static restore(notices: readonly QueuedNotice[], last: NoticeNumber): NoticeBook {
    const book = new NoticeBook();
    book.#notices = [...notices];
    book.#last = last;
    return book;
  }
}
