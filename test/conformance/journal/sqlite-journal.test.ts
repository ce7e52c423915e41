import { join } from "node:path";
import { sqliteJournal } from "../../../src/adapters/journals/sqlite-journal.ts";
import type { Journal } from "../../../src/ports/journal.ts";
import { journalSuite } from "./journal-suite.ts";
import { temporaryDirectory } from "./temporary-directory.ts";

for (const durability of ["full", "relaxed"] as const) {
  const paths = new WeakMap<Journal, string>();
  const openAt = (path: string): Journal => {
    const journal = sqliteJournal(path, { durability });
    paths.set(journal, path);
    return journal;
  };
  journalSuite(`in a SQLite file, ${durability}`, {
    open: () => openAt(join(temporaryDirectory(), "runs.db")),
    reopen: (previous) => openAt(paths.get(previous)!),
    capabilities: { shared: true, persistent: true, versioned: true },
  });
}
