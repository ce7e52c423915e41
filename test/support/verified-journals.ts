import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach } from "vitest";
import { memoryJournal } from "../../src/adapters/journals/memory-journal.ts";
import { sqliteJournal } from "../../src/adapters/journals/sqlite-journal.ts";
import type { Commit } from "../../src/domain/commit.ts";
import type { Journal } from "../../src/ports/journal.ts";
import { Verifier } from "../../src/projections/verify.ts";
import type { Divergence } from "../../src/projections/verify.ts";

/** The runs of one journal that this process is writing, each with its inputs decided once more as they are appended. */
type Runs = Map<string, Verifier>;

const journals = new WeakMap<Journal, Runs>();
let isExcused = false;
let divergences: { readonly run: string; readonly divergence: Divergence }[] = [];

/**
 * Decides again whatever any test of this process appends to any journal, and fails the test in which today's machines, or the
 * journal, say something else. A journal is looked at from its run's start; what tests make up without one is left alone.
 */
export function verifyAllJournals(): void {
  const directory = mkdtempSync(join(tmpdir(), "runfold-watched-"));
  for (const journal of [memoryJournal(), sqliteJournal(join(directory, "runs.db"))]) {
    watchAppends(Object.getPrototypeOf(journal) as Journal);
    void journal.close();
  }
  rmSync(directory, { recursive: true });
  afterEach(() => {
    const found = divergences;
    divergences = [];
    const [first] = found;
    if (first === undefined || isExcused) return;
    throw new Error(`A journal of this test cannot be decided again: ${JSON.stringify(first, undefined, 2)}`);
  });
}

/** For a file of tests that make up journals which no machine decided. */
export function excuseForgedJournals(): void {
  isExcused = true;
}

function watchAppends(journal: Journal): void {
  const { append, read } = journal;
  journal.append = async function watched(this: Journal, run, expected, commits, options) {
    await append.call(this, run, expected, commits, options);
    const past = options?.past === undefined ? [] : await read.call(this, run, 0, Number.MAX_SAFE_INTEGER);
    note(this, run, expected, options?.past === undefined ? commits : past);
  };
}

function note(journal: Journal, run: string, expected: number, commits: readonly Commit[]): void {
  const runs: Runs = journals.get(journal) ?? new Map();
  journals.set(journal, runs);
  const isWhole = commits[0]?.input.type === "run.start" && commits[0].events[0]?.type === "run.started";
  if (isWhole && commits[0]!.position === commits[0]!.events.length) runs.set(run, new Verifier());
  const verifier = runs.get(run);
  if (verifier === undefined) return;
  // Somebody else wrote in between, through another journal on the same store.
  if (!isWhole && verifier.position !== expected) {
    runs.delete(run);
    return;
  }
  for (const commit of commits) {
    const divergence = verifier.check(commit);
    if (divergence === undefined) continue;
    divergences.push({ run, divergence });
    runs.delete(run);
    return;
  }
}
