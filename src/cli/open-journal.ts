import { statSync } from "node:fs";
import { resolve } from "node:path";
import { isRunId } from "../domain/ids.ts";
import { quotedText } from "../domain/quoted-text.ts";
import { sqliteJournal } from "../sqlite.ts";
import { agentsHere } from "./agents-here.ts";
import { CommandError } from "./errors.ts";
import {
  RunfoldError,
  directoryArtifacts,
  limits,
  openRuntime,
  type ArtifactStore,
  type Journal,
  type Run,
  type Runtime,
  type RuntimeDiagnostic,
} from "../index.ts";

/** The runs of a database that exists: with its journal, for what a handle does not tell. */
export interface OpenRuns extends AsyncDisposable {
  readonly path: string;
  readonly journal: Journal;
  readonly artifacts: ArtifactStore;
  readonly runtime: Runtime;
}

/**
 * Opens the database of a command that looks at runs, or acts on one. It is never created: a wrong path is to be told, not
 * to become an empty database.
 * @throws CommandError; what the journal refuses with.
 */
export async function openRuns(
  db: string,
  access: "read" | "write",
  onDiagnostic?: (diagnostic: RuntimeDiagnostic) => void,
): Promise<OpenRuns> {
  const path = resolve(db);
  if (db === "" || statSync(path, { throwIfNoEntry: false }) === undefined) {
    const message = `There is no database ${quotedText(db)}. Start a run to make one, or name another with --db FILE.`;
    throw new CommandError("journal.unopenable", message);
  }
  const journal = sqliteJournal(path, { readOnly: access === "read" });
  const artifacts = artifactsBeside(path);
  const told = onDiagnostic === undefined ? {} : { onDiagnostic };
  const runtime = await openRuntime({ journal, artifacts, recover: false, agents: agentsHere(process.env), ...told });
  return { path, journal, artifacts, runtime, [Symbol.asyncDispose]: () => runtime.close() };
}

/** Artifacts lie beside the database, so that both move together. */
export function artifactsBeside(path: string): ArtifactStore {
  return directoryArtifacts(`${resolve(path)}.artifacts`);
}

/** @throws `run.idInvalid`, `run.unknown`; what the journal refuses with. */
export async function findRun({ runtime, path }: OpenRuns, id: string): Promise<Run> {
  checkRunId(id);
  const run = await runtime.get(id);
  if (run !== undefined) return run;
  throw unknownRun(path, id);
}

/** Whether there is such a run, without folding it. @throws `run.idInvalid`, `run.unknown`; what the journal refuses with. */
export async function refuseUnknown({ journal, path }: OpenRuns, id: string): Promise<void> {
  checkRunId(id);
  if ((await journal.head(id)) === 0) throw unknownRun(path, id);
}

function unknownRun(path: string, id: string): RunfoldError {
  return new RunfoldError("run.unknown", `There is no run ${id} in ${path}. List what there is with runfold runs.`);
}

/** @throws `run.idInvalid` */
export function checkRunId(id: string): void {
  if (isRunId(id)) return;
  const message = `${quotedText(id)} cannot name a run: use 1 to ${limits.runIdCharsMax} letters, digits, "-" and "_", beginning with a letter or digit.`;
  throw new RunfoldError("run.idInvalid", message);
}
