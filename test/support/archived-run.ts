import { createHash } from "node:crypto";
import { memoryJournal } from "../../src/adapters/journals/memory-journal.ts";
import type { Commit } from "../../src/domain/commit.ts";
import { exportRun } from "../../src/export-run.ts";
import type { Journal } from "../../src/ports/journal.ts";
import { record } from "./record-run.ts";
import type { Behaviour } from "./run-arbitrary.ts";

const succeeds: Behaviour = {
  ends: "succeeds",
  tells: true,
  afterMs: 5,
  stopped: "fails",
  stopsAfterMs: 0,
  jitter: 0,
};

/** The commits of a small run that succeeds. */
export function smallRun(): readonly Commit[] {
  const steps = [
    { id: "s0", task: "s0" },
    { id: "s1", task: "s1", needs: ["s0"] },
  ];
  const graph = { name: "small", objective: "To be exported – ✓ \u2028.", steps };
  const { commits } = record({ graph, behaviours: [[succeeds], [succeeds]], extras: [] });
  return commits.filter(({ input }) => input.type !== "run.clean");
}

export function runOf(commits: readonly Commit[]): string {
  const event = commits[0]?.events[0];
  if (event?.type !== "run.started") throw new Error("It does not begin with the start of a run.");
  return event.run;
}

/** A journal in memory with one run. */
export async function journalWith(commits: readonly Commit[]): Promise<Journal> {
  const journal = memoryJournal();
  await journal.append(runOf(commits), 0, commits);
  return journal;
}

export async function linesOf(journal: Journal, run: string): Promise<string[]> {
  const lines: string[] = [];
  for await (const line of exportRun(journal, run)) lines.push(line);
  return lines;
}

export async function exported(commits: readonly Commit[]): Promise<string[]> {
  return linesOf(await journalWith(commits), runOf(commits));
}

/** JSON as an archive holds it, of whatever is given. */
export function archiveText(value: unknown): string {
  return JSON.stringify(value).replaceAll("\u2028", String.raw`\u2028`);
}

/**
 * An archive whose hashes fit whatever it says, made without the code under test: what someone could write who knows the format.
 * Each text is the header, a commit, or the end.
 */
export function archiveOf(header: string, commits: readonly string[], end: string): string[] {
  let hash = sha256(header);
  const chained = (part: string, text: string): string => {
    hash = sha256(`${hash}\n${text}`);
    return `{"sha256":"${hash}","${part}":${text}}`;
  };
  return [header, ...commits.map((text) => chained("commit", text)), chained("end", end)];
}

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
