import { hasOption, positional, textOption, type Execute, type Invocation } from "../command.ts";
import { CommandError } from "../errors.ts";
import { exitCodes, type ExitCode } from "../exit-codes.ts";
import { openRuns, type OpenRuns } from "../open-journal.ts";
import { damagedAfter, isDamage, readablePart, readableRun, type ReadableRun } from "../readable-run.ts";
import { wireRun } from "../../surfaces/wire.ts";
import { writeExport } from "../write-export.ts";
import { quotedText } from "../../domain/quoted-text.ts";
import { exportDescribed } from "../../export-run.ts";
import type { RunSnapshot } from "../../index.ts";

export const execute: Execute = async (invocation) => {
  await using open = await openRuns(invocation.db, "read");
  const id = positional(invocation, 0);
  await using readable = await readableRun(open, id);
  try {
    return await give(readable, open, invocation);
  } catch (error) {
    // A checkpoint had led past it. All is read once before the first line is written, so nothing has been.
    if (!isDamage(error)) throw error;
    await using part = await readablePart(open, id, error);
    return await give(part, open, invocation);
  }
};

async function give(readable: ReadableRun, open: OpenRuns, invocation: Invocation): Promise<ExitCode> {
  const output = textOption(invocation, "output");
  const { damage } = readable;
  if (hasOption(invocation, "html")) {
    const { exportPage } = await import("../export-page.ts");
    return await exportPage(readable, open, invocation);
  }
  // Up to where the run is now: what comes meanwhile belongs to the next export.
  const run = readable.run.snapshot();
  const lines = linesOf(run, readable);
  // Awaited here: the database is closed when this returns.
  if (output !== undefined && output !== "-") return await writeFile(output, { run, damage, lines }, open, invocation);
  for await (const line of lines) await invocation.out.line(line);
  if (damage !== undefined) throw damagedAfter(run.position, damage, ", and was printed");
  return exitCodes.done;
}

function linesOf(run: RunSnapshot, { journal, damage }: ReadableRun): AsyncIterable<string> {
  return exportDescribed(journal, run.id, {
    through: run.position,
    about: wireRun(run),
    isDamaged: damage !== undefined,
  });
}

interface Extent {
  readonly run: RunSnapshot;
  readonly damage: ReadableRun["damage"];
  readonly lines: AsyncIterable<string>;
}

async function writeFile(
  path: string,
  { run, damage, lines }: Extent,
  open: OpenRuns,
  invocation: Invocation,
): Promise<ExitCode> {
  const { out, isJson } = invocation;
  // What is there may be the last whole copy, so a part of the run never takes its place.
  const force = hasOption(invocation, "force") && damage === undefined;
  let written = 0;
  try {
    written = await writeExport({ path, database: open.path, force }, lines);
  } catch (error) {
    if (damage === undefined || !(error instanceof CommandError)) throw error;
    const { message } = damagedAfter(run.position, damage, ". It was not written");
    const hint = "A part of a run replaces no file: name a new one with --output FILE.";
    throw new CommandError(error.code, `${error.message} ${message} ${hint}`);
  }
  if (damage !== undefined) throw damagedAfter(run.position, damage, `, and was written to ${quotedText(path)}`);
  // The other two lines are the header and the end.
  const commits = written - 2;
  const told = { exported: { run: run.id, file: path, commits } };
  await out.line(isJson ? JSON.stringify(told) : `Run ${run.id} was written to ${path}: ${commits} commits.`);
  return exitCodes.done;
}
