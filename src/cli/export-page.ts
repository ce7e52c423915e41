import { hasOption, textOption, type Invocation } from "./command.ts";
import { exitCodes, type ExitCode } from "./exit-codes.ts";
import type { OpenRuns } from "./open-journal.ts";
import { damagedAfter, type ReadableRun } from "./readable-run.ts";
import { writeExport } from "./write-export.ts";
import { quotedText } from "../domain/quoted-text.ts";
import { recordedPage } from "../viewer.ts";

/** Writes a run as a page that shows it, in one file. Of a damaged run, what can be read. */
export async function exportPage(
  { run, damage }: ReadableRun,
  { artifacts, path: database }: OpenRuns,
  invocation: Invocation,
): Promise<ExitCode> {
  const { out, isJson } = invocation;
  const { position } = run.snapshot();
  const path = textOption(invocation, "output");
  // Whoever is sent the file does not see what this command says.
  const cut = damage && { cutBecause: damagedAfter(position, damage, ", and is shown here").message };
  const lines = recordedPage(run, { artifacts, ...cut });
  if (path === undefined || path === "-") {
    for await (const line of lines) await out.line(line);
    if (damage !== undefined) throw damagedAfter(position, damage, ", and was printed");
    return exitCodes.done;
  }
  // What is there may be the last whole copy, so a part of the run never takes its place.
  const force = hasOption(invocation, "force") && damage === undefined;
  await writeExport({ path, database, force }, lines);
  if (damage !== undefined) throw damagedAfter(position, damage, `, and was written to ${quotedText(path)}`);
  const told = { exported: { run: run.id, file: path, position } };
  await out.line(isJson ? JSON.stringify(told) : `Run ${run.id} was written to ${path}: a page of ${position} events.`);
  return exitCodes.done;
}
