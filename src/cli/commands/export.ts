import { open as openFile, rename, stat, unlink } from "node:fs/promises";
import { hasOption, positional, textOption, type Execute } from "../command.ts";
import { CommandError } from "../errors.ts";
import { exitCodes } from "../exit-codes.ts";
import { findRun, openRuns, type OpenRuns } from "../open-journal.ts";
import { saidBy, systemCode } from "../system-error.ts";
import { wireRun } from "../wire.ts";
import { quotedText } from "../../domain/quoted-text.ts";
import { isRunfoldError, type Commit, type Position, type Run } from "../../index.ts";

/** The version of the file's format, which the commits in it have beside their own. */
const exportVersion = 1;

export const execute: Execute = async (invocation) => {
  const output = textOption(invocation, "output");
  await using open = await openRuns(invocation.db, "read");
  const run = await findRun(open, positional(invocation, 0));
  if (output === undefined || output === "-") {
    for await (const line of linesOf(run, open)) await invocation.out.line(line);
    return exitCodes.done;
  }
  const commits = await writeFile(output, hasOption(invocation, "force"), linesOf(run, open));
  const { out, isJson } = invocation;
  const told = { exported: { run: run.id, file: output, commits } };
  await out.line(isJson ? JSON.stringify(told) : `Run ${run.id} was written to ${output}: ${commits} commits.`);
  return exitCodes.done;
};

/** The header, then the commits up to where the run is now: what comes meanwhile belongs to the next export. */
async function* linesOf(run: Run, { journal, artifacts }: OpenRuns): AsyncGenerator<string, void> {
  const now = run.snapshot();
  let count = 0;
  for await (const _ of commitsThrough(run, journal, now.position)) count++;
  const kept = await artifacts.list(run.id);
  const header = { runfold: "export", version: exportVersion, run: wireRun(now), commits: count, artifacts: kept };
  yield JSON.stringify(header);
  for await (const commit of commitsThrough(run, journal, now.position)) yield JSON.stringify(commit);
}

async function* commitsThrough({ id }: Run, journal: OpenRuns["journal"], end: Position): AsyncGenerator<Commit, void> {
  let position = 0;
  while (position < end) {
    const commits = await journal.read(id, position);
    if (commits.length === 0) return;
    for (const commit of commits) {
      if (commit.position > end) return;
      yield commit;
      position = commit.position;
    }
  }
}

/**
 * Writes a file that is whole or not there. A file that is to be replaced stays until the new one is on the disk.
 * @returns the number of lines after the first.
 */
async function writeFile(path: string, force: boolean, lines: AsyncIterable<string>): Promise<number> {
  if (force && (await stat(path).catch(() => undefined))?.isDirectory() === true)
    throw unwritable(path, "it is a directory");
  const target = force ? `${path}.${process.pid}.partial` : path;
  const file = await openFile(target, "wx", 0o600).catch((error: unknown) => {
    throw unwritable(path, reasonOf(error));
  });
  let count = -1;
  try {
    for await (const line of lines) {
      await file.writeFile(`${line}\n`);
      count++;
    }
    await file.sync();
    await file.close();
    if (force) await rename(target, path);
    return count;
  } catch (error) {
    await file.close().catch(() => undefined);
    await unlink(target).catch(() => undefined);
    // What the journal refuses is told in its own words.
    throw isRunfoldError(error) ? error : unwritable(path, reasonOf(error));
  }
}

function reasonOf(error: unknown): string {
  if (systemCode(error) === "EEXIST") return "there is such a file already; --force replaces it";
  return saidBy(error);
}

function unwritable(path: string, why: string): CommandError {
  return new CommandError("export.unwritable", `The export ${quotedText(path)} cannot be written: ${why}.`);
}
