import { commitSchema } from "../domain/commit.ts";
import type { Commit } from "../domain/commit.ts";
import { upcast } from "../machines/upcast.ts";
import type { Journal } from "../ports/journal.ts";

/** A journal whose commits all come in today's shape, whatever version wrote them. What is written passes unchanged. */
export function liftedJournal(inner: Journal): Journal {
  return {
    ...(inner.location === undefined ? {} : { location: inner.location }),
    ...(inner.isReadOnly === undefined ? {} : { isReadOnly: inner.isReadOnly }),
    append: (run, expected, commits, options) => inner.append(run, expected, commits, options),
    read: async (run, after, limit) => lifted(await inner.read(run, after, limit)),
    head: (run) => inner.head(run),
    follow: async function* (run, after, signal) {
      for await (const commits of inner.follow(run, after, signal)) yield lifted(commits);
    },
    list: () => inner.list(),
    entry: (run) => inner.entry(run),
    delete: (run, expected, life) => inner.delete(run, expected, life),
    send: (run, message) => inner.send(run, message),
    inbox: (after, limit, run) => inner.inbox(after, limit, run),
    watch: (changed) => inner.watch(changed),
    renewLease: (owner, until) => inner.renewLease(owner, until),
    leaseOf: (owner) => inner.leaseOf(owner),
    saveCheckpoint: (run, checkpoint) => inner.saveCheckpoint(run, checkpoint),
    loadCheckpoint: (run) => inner.loadCheckpoint(run),
    close: () => inner.close(),
  };
}

function lifted(commits: readonly Commit[]): readonly Commit[] {
  return commits.every(({ schema }) => schema === commitSchema) ? commits : commits.map(upcast);
}
