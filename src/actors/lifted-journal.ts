import { commitSchema } from "../domain/commit.ts";
import type { Commit } from "../domain/commit.ts";
import { upcast } from "../machines/upcast.ts";
import { journalWith } from "../ports/journal-with.ts";
import type { Journal } from "../ports/journal.ts";

/** A journal whose commits all come in today's shape, whatever version wrote them. What is written passes unchanged. */
export function liftedJournal(inner: Journal): Journal {
  return journalWith(inner, {
    read: async (run, after, limit) => lifted(await inner.read(run, after, limit)),
    follow: async function* (run, after, signal) {
      for await (const commits of inner.follow(run, after, signal)) yield lifted(commits);
    },
  });
}

function lifted(commits: readonly Commit[]): readonly Commit[] {
  return commits.every(({ schema }) => schema === commitSchema) ? commits : commits.map(upcast);
}
