import { join } from "node:path";
import { sqliteJournal } from "../../src/adapters/journals/sqlite-journal.ts";
import type { Commit } from "../../src/domain/commit.ts";
import type { Journal } from "../../src/ports/journal.ts";
import { commitAfter } from "../conformance/journal/sample-commits.ts";
import { imageOf, type JournalImage, makeSmallPages } from "./journal-image.ts";

export interface SampleJournal {
  /** Taken while its writer had it open: the last commits of each run are in the log alone. */
  readonly image: JournalImage;
  /** The commits of each run, oldest first: all were acknowledged. */
  readonly commits: ReadonlyMap<string, readonly Commit[]>;
}

/**
 * A journal of runs whose commits stand at the same positions, so that one could be taken for another, with messages and
 * checkpoints. `kept` commits of each run are in the database file, `logged` more in its log.
 */
export async function sampleJournal(
  directory: string,
  options: {
    readonly kept: number;
    readonly logged: number;
    readonly runs?: readonly string[];
    readonly pages?: "usual";
    readonly text?: string;
  },
): Promise<SampleJournal> {
  const { kept, logged, runs = ["a", "b"], pages, text = "größer" } = options;
  const path = join(directory, "sample.db");
  if (pages !== "usual") makeSmallPages(path);
  const commits = new Map<string, Commit[]>(runs.map((run) => [run, []]));
  const first = sqliteJournal(path);
  for (const run of runs) {
    for (let count = 0; count < kept; count++) await appendOne(first, run, commits.get(run)!, text);
    if (kept === 0) continue;
    await first.send(run, { type: "run.cancel", reason: `Stop ${run}.`, force: false });
    await first.saveCheckpoint(run, { position: kept, state: { run, steps: ["one", "two"] } });
  }
  await first.close();
  const writer = sqliteJournal(path);
  for (let count = 0; count < logged; count++) {
    for (const run of runs) await appendOne(writer, run, commits.get(run)!, text);
  }
  const image = imageOf(path);
  await writer.close();
  return { image: logged === 0 ? { database: image.database } : image, commits };
}

async function appendOne(journal: Journal, run: string, commits: Commit[], text: string): Promise<void> {
  const position = commits.length;
  const commit = commitAfter(position, 1, `Commit ${position + 1} of ${run}: ${text}.`);
  await journal.append(run, position, [commit], { summary: { status: "running", at: position + 1 } });
  commits.push(commit);
}
