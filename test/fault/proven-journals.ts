import { readdirSync } from "node:fs";
import { join } from "node:path";
import { Verifier } from "../../src/projections/verify.ts";
import type { Journal } from "../../src/ports/journal.ts";
import { sqliteJournal } from "../../src/sqlite.ts";

/** The database files below a directory, by their paths in it. */
export function databasesIn(directory: string): readonly string[] {
  return readdirSync(directory, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".db"));
}

/**
 * Decides every run of every journal below a directory again. What a test left there has to be as recorded, unless the test says
 * of a file, by its path in the directory, that it damaged it.
 * @throws Error naming each run that is not as recorded, and each file that cannot be read.
 */
export async function proveJournals(directory: string, excused: ReadonlySet<string>): Promise<void> {
  const problems: string[] = [];
  for (const name of databasesIn(directory)) {
    if (excused.has(name)) continue;
    try {
      problems.push(...(await unproven(join(directory, name))).map((problem) => `${name}: ${problem}`));
    } catch (error) {
      problems.push(`${name}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  if (problems.length > 0) throw new Error(`Journals that this test left are not proven:\n${problems.join("\n")}`);
}

async function unproven(path: string): Promise<readonly string[]> {
  const journal = sqliteJournal(path, { readOnly: true });
  const problems: string[] = [];
  try {
    for (const { run } of await journal.list()) {
      const divergence = await divergenceOf(journal, run);
      if (divergence !== undefined) problems.push(`run ${run}: ${JSON.stringify(divergence)}`);
    }
  } finally {
    await journal.close();
  }
  return problems;
}

async function divergenceOf(journal: Journal, run: string) {
  const verifier = new Verifier();
  for (;;) {
    const commits = await journal.read(run, verifier.position);
    if (commits.length === 0) return undefined;
    for (const commit of commits) {
      const divergence = verifier.check(commit);
      if (divergence !== undefined) return divergence;
    }
  }
}
