import { memoryJournal } from "runfold";
import type { Journal } from "runfold";

export interface CountedJournal {
  readonly journal: Journal;
  /** How often it was read, and how many commits were given. */
  readonly counts: { reads: number; commits: number };
}

/** A journal in memory that counts what is read of it. */
export function countedJournal(): CountedJournal {
  const counts = { reads: 0, commits: 0 };
  const journal: Journal = new Proxy(memoryJournal(), {
    get(target, name) {
      const found: unknown = Reflect.get(target, name, target);
      if (typeof found !== "function") return found;
      if (name !== "read") return found.bind(target) as unknown;
      return async (...given: Parameters<Journal["read"]>) => {
        const commits = await target.read(...given);
        counts.reads++;
        counts.commits += commits.length;
        return commits;
      };
    },
  });
  return { journal, counts };
}
