import type { RunId, RunLife } from "../../domain/ids.ts";
import { limits } from "../../domain/limits.ts";
import type { NoticeMark, RunNoticeMark } from "../../domain/notice.ts";
import type { NoticeQuery } from "../../ports/journal.ts";

/** What became of the notices of one run, by subscriber and number. */
export type MarkedNotices = Map<string, Map<number, NoticeMark>>;

/** The run is owed to these from now on, where it was not before. */
export function subscribe(marked: MarkedNotices, subscribers: readonly string[]): void {
  for (const subscriber of subscribers) {
    if (marked.has(subscriber)) continue;
    keepMark(marked, { subscriber, notice: 0, state: "open", attempts: 0, at: 0 });
  }
}

export function keepMark(marked: MarkedNotices, mark: NoticeMark): void {
  const ofSubscriber = marked.get(mark.subscriber) ?? new Map<number, NoticeMark>();
  ofSubscriber.set(mark.notice, mark);
  marked.set(mark.subscriber, ofSubscriber);
}

/** All marks that are asked for, of runs in the order in which they are given. */
export function findMarks(
  runs: Iterable<readonly [RunId, { readonly life: RunLife | undefined; readonly marked: MarkedNotices }]>,
  { subscriber, state, limit = limits.noticeMarksMax }: NoticeQuery,
): RunNoticeMark[] {
  const found: RunNoticeMark[] = [];
  for (const [run, { life, marked }] of runs) {
    const subscribers = subscriber === undefined ? [...marked.keys()].toSorted() : [subscriber];
    for (const name of subscribers) {
      const marks = [...(marked.get(name)?.values() ?? [])].toSorted((one, other) => one.notice - other.notice);
      for (const mark of marks) {
        if (state !== undefined && mark.state !== state) continue;
        if (found.length >= limit) return found;
        found.push({ run, ...(life === undefined ? {} : { life }), ...mark });
      }
    }
  }
  return found;
}
