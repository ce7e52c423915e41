import type { Journal } from "./journal.ts";

/** A journal of which some methods are another's; all else is passed on to `inner`. */
export function journalWith(inner: Journal, others: Partial<Journal>): Journal {
  return {
    ...(inner.location === undefined ? {} : { location: inner.location }),
    ...(inner.isReadOnly === undefined ? {} : { isReadOnly: inner.isReadOnly }),
    append: (run, expected, commits, options) => inner.append(run, expected, commits, options),
    read: (run, after, limit) => inner.read(run, after, limit),
    head: (run) => inner.head(run),
    follow: (run, after, signal) => inner.follow(run, after, signal),
    list: (last) => inner.list(last),
    entry: (run) => inner.entry(run),
    delete: (run, expected, life) => inner.delete(run, expected, life),
    send: (run, message) => inner.send(run, message),
    inbox: (after, limit, run) => inner.inbox(after, limit, run),
    watch: (changed) => inner.watch(changed),
    renewLease: (owner, until) => inner.renewLease(owner, until),
    leaseOf: (owner) => inner.leaseOf(owner),
    saveCheckpoint: (run, checkpoint) => inner.saveCheckpoint(run, checkpoint),
    loadCheckpoint: (run) => inner.loadCheckpoint(run),
    markNotice: (run, mark, life) => inner.markNotice(run, mark, life),
    noticeMarks: (query) => inner.noticeMarks(query),
    close: () => inner.close(),
    ...others,
  };
}
