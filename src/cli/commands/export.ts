import { hasOption, positional, textOption, type Execute, type Invocation } from "../command.ts";
import { CommandError } from "../errors.ts";
import { exitCodes, type ExitCode } from "../exit-codes.ts";
import { openRuns, type OpenRuns } from "../open-journal.ts";
import { damagedAfter, readableCommits, readableRun, type ReadableRun } from "../readable-run.ts";
import { wireRun } from "../wire.ts";
import { writeExport } from "../write-export.ts";
import { artifactPlace } from "../../domain/artifact.ts";
import { quotedText } from "../../domain/quoted-text.ts";
import type { Commit, Journal, RunSnapshot } from "../../index.ts";

/** The version of the file's format, which the commits in it have beside their own. */
const exportVersion = 1;

export const execute: Execute = async (invocation) => {
  const output = textOption(invocation, "output");
  await using open = await openRuns(invocation.db, "read");
  await using readable = await readableRun(open, positional(invocation, 0));
  const extent = await extentOf(readable, open);
  // Awaited here: the database is closed when this returns.
  if (output !== undefined && output !== "-") return await writeFile(output, extent, open, invocation);
  for await (const line of linesOf(extent, open)) await invocation.out.line(line);
  if (extent.damage !== undefined) throw damagedAfter(extent.run.position, extent.damage, ", and was printed");
  return exitCodes.done;
};

/** What an export holds. */
interface Extent {
  readonly run: RunSnapshot;
  readonly commits: number;
  readonly damage: ReadableRun["damage"];
}

/** Up to where the run is now: what comes meanwhile belongs to the next export. */
async function extentOf({ run, damage }: ReadableRun, { journal }: OpenRuns): Promise<Extent> {
  const now = run.snapshot();
  let commits = 0;
  for await (const _ of commitsThrough(now, journal)) commits++;
  return { run: now, commits, damage };
}

async function* commitsThrough({ id, position }: RunSnapshot, journal: Journal): AsyncGenerator<Commit, void> {
  for await (const commit of readableCommits(journal, id)) {
    if (commit.position > position) return;
    yield commit;
    // The next one may be the damaged one.
    if (commit.position === position) return;
  }
}

async function writeFile(path: string, extent: Extent, open: OpenRuns, invocation: Invocation): Promise<ExitCode> {
  const { run, commits, damage } = extent;
  const { out, isJson } = invocation;
  // What is there may be the last whole copy, so a part of the run never takes its place.
  const force = hasOption(invocation, "force") && damage === undefined;
  try {
    await writeExport({ path, database: open.path, force }, linesOf(extent, open));
  } catch (error) {
    if (damage === undefined || !(error instanceof CommandError)) throw error;
    const { message } = damagedAfter(run.position, damage, ". It was not written");
    const hint = "A part of a run replaces no file: name a new one with --output FILE.";
    throw new CommandError(error.code, `${error.message} ${message} ${hint}`);
  }
  if (damage !== undefined) throw damagedAfter(run.position, damage, `, and was written to ${quotedText(path)}`);
  const told = { exported: { run: run.id, file: path, commits } };
  await out.line(isJson ? JSON.stringify(told) : `Run ${run.id} was written to ${path}: ${commits} commits.`);
  return exitCodes.done;
}

/** The header, then the commits. */
async function* linesOf({ run, commits, damage }: Extent, open: OpenRuns): AsyncGenerator<string, void> {
  const { journal, artifacts } = open;
  const header = {
    runfold: "export",
    version: exportVersion,
    run: wireRun(run),
    commits,
    // Left out of a whole export.
    isDamaged: damage === undefined ? undefined : true,
    artifacts: await artifacts.list(artifactPlace(run.id, run.life)),
  };
  yield JSON.stringify(header);
  for await (const commit of commitsThrough(run, journal)) yield JSON.stringify(commit);
}
