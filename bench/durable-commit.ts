import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Commit } from "runfold";
import { sqliteJournal } from "runfold/sqlite";

/**
 * What one durable commit costs here: one append at a time to a SQLite journal, nothing else going on. The median, because
 * what a disk does now and then is not what it costs.
 */
export async function durableCommitMs(): Promise<number> {
  const directory = await mkdtemp(join(tmpdir(), "runfold-bench-"));
  const journal = sqliteJournal(join(directory, "runs.db"));
  const times: number[] = [];
  for (let position = 1; position <= 1_000; position++) {
    const commit: Commit = {
      schema: 1,
      position,
      at: 1_700_000_000_000 + position,
      input: { type: "diagnostic.record", code: "bench", severity: "info", message: `commit ${position}` },
      events: [{ type: "diagnostic.recorded", code: "bench", severity: "info", message: `commit ${position}` }],
    };
    const startedAt = performance.now();
    await journal.append("bench", position - 1, [commit], { summary: { position } });
    times.push(performance.now() - startedAt);
  }
  await journal.close();
  await rm(directory, { recursive: true });
  return times.toSorted((left, right) => left - right)[times.length >>> 1]!;
}
