import { resolve } from "node:path";
import { archiveLines } from "../archive-lines.ts";
import { positional, type Execute, type Invocation } from "../command.ts";
import { timeText } from "../durations.ts";
import { CommandError } from "../errors.ts";
import { exitCodes } from "../exit-codes.ts";
import { artifactsBeside } from "../open-journal.ts";
import { printable } from "../printable.ts";
import { shellWord } from "../shell-word.ts";
import { wireStatus } from "../../surfaces/wire.ts";
import { artifactPlace } from "../../domain/artifact.ts";
import { isRunEnded } from "../../domain/status.ts";
import { checkedRun, keepRun, type CheckedRun } from "../../import-run.ts";
import { isRunfoldError, type ImportedRun } from "../../index.ts";
import { sqliteJournal } from "../../sqlite.ts";

const namesShownMax = 10;

export const execute: Execute = async (invocation) => {
  const file = positional(invocation, 0);
  // Before the database is opened: a file that is refused makes none.
  const checked = await checkedRun(archiveLines(file));
  const missing = await missingArtifacts(invocation.db, checked);
  const imported = await keepIn(invocation.db, checked);
  const { out, isJson } = invocation;
  await out.line(isJson ? wireImport(imported, missing) : textLines(imported, missing, invocation).join("\n"));
  return exitCodes.done;
};

/** Without a runtime, which would delete at once a run whose time of retention is over. */
async function keepIn(db: string, checked: CheckedRun): Promise<ImportedRun> {
  const journal = sqliteJournal(resolve(db));
  try {
    return await keepRun(journal, checked);
  } catch (error) {
    if (!isRunfoldError(error, "run.conflicting")) throw error;
    const { run } = checked;
    const message = `The database ${resolve(db)} has a run ${run} already, and nothing of it was changed. Delete that one first with runfold cleanup ${run}, or import into another database with --db FILE.`;
    throw new CommandError("run.conflicting", message);
  } finally {
    await journal.close();
  }
}

/** Artifacts that the run refers to and that are not beside the database either. */
async function missingArtifacts(db: string, { run, artifacts, summary }: CheckedRun): Promise<readonly string[]> {
  if (artifacts.length === 0) return [];
  const kept = await artifactsBeside(db).list(artifactPlace(run, summary.life));
  const names = new Set(kept.map(({ name }) => name));
  return artifacts.flatMap(({ name }) => (names.has(name) ? [] : [name]));
}

function wireImport({ run, commits, position, summary }: ImportedRun, missing: readonly string[]): string {
  return JSON.stringify({
    imported: {
      run,
      commits,
      position,
      status: wireStatus(summary.status),
      missingArtifacts: missing.length === 0 ? undefined : missing,
    },
  });
}

function textLines(imported: ImportedRun, missing: readonly string[], invocation: Invocation): readonly string[] {
  const { run, commits, position, summary } = imported;
  const { db, options } = invocation;
  const at = options.has("db") ? ` --db ${shellWord(db)}` : "";
  const lines = [`Run ${run} was imported into ${db}: ${commits} commits, up to position ${position}.`];
  if (isRunEnded(summary.status)) {
    lines.push(`It had ended: ${summary.status}. Look at it with runfold status ${run}${at}`);
  } else {
    lines.push(
      `It had not ended. Look at it with runfold status ${run}${at}`,
      `Go on with it, which runs the commands that it names, with runfold resume ${run}${at}`,
    );
  }
  lines.push(`Check that its events follow from its inputs with runfold verify ${run}${at}`);
  if (summary.isCleaned === true) {
    lines.push(
      "It was being deleted when it was exported: the next command that may write the database goes on with that.",
    );
  } else if (summary.cleanupAt !== undefined) {
    lines.push(`It is deleted by itself after ${timeText(summary.cleanupAt)}, as its graph says.`);
  }
  if (missing.length > 0) {
    const place = printable(`${resolve(db)}.artifacts`);
    lines.push(
      `The bytes of ${counted(missing.length)} are not in the file, and not beside the database: ${shown(missing)}`,
      `To have them, copy the directory ${artifactPlace(run, summary.life)} from the artifacts of the other database into ${place}`,
    );
  }
  return lines;
}

function counted(number: number): string {
  return number === 1 ? "1 artifact" : `${number} artifacts`;
}

function shown(names: readonly string[]): string {
  const first = names.slice(0, namesShownMax).map((name) => printable(name));
  return names.length > namesShownMax
    ? `${first.join(", ")} and ${names.length - namesShownMax} more`
    : first.join(", ");
}
