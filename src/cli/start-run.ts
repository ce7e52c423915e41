import { statSync } from "node:fs";
import { resolve } from "node:path";
import { thisProcess } from "../adapters/owners/process-owner.ts";
import { quotedText } from "../domain/quoted-text.ts";
import { sqliteJournal } from "../sqlite.ts";
import { CommandError } from "./errors.ts";
import { artifactsBeside } from "./open-journal.ts";
import { ownerStateOf } from "./owner-state.ts";
import {
  isRunfoldError,
  openRuntime,
  type Graph,
  type Run,
  type RunSnapshot,
  type Runtime,
  type RuntimeDiagnostic,
} from "../index.ts";

export interface StartRequest {
  readonly graph: Graph;
  readonly id: string | undefined;
  readonly db: string;
  readonly root: string | undefined;
  readonly onDiagnostic?: (diagnostic: RuntimeDiagnostic) => void;
}

/**
 * What a start found: a run of this process, one that another process writes, one that had ended, or one that nobody writes
 * any more.
 */
export type Relation = "own" | "elsewhere" | "ended" | "abandoned";

export interface StartedRun {
  readonly runtime: Runtime;
  readonly run: Run;
  readonly relation: Relation;
}

/** @throws CommandError, and what the journal or the start refuses with; nothing stays open then. */
export async function startRun(request: StartRequest): Promise<StartedRun> {
  const { graph, id, db, root, onDiagnostic } = request;
  checkRoot(root);
  const journal = openToWrite(db);
  const runtime = await openRuntime({
    journal,
    artifacts: artifactsBeside(db),
    // A run that somebody else left is gone on with where that is asked for.
    recover: false,
    ...(root === undefined ? {} : { root }),
    ...(onDiagnostic === undefined ? {} : { onDiagnostic }),
  });
  try {
    const run = await runtime.start(graph, id === undefined ? {} : { id });
    return { runtime, run, relation: relationTo(run.snapshot()) };
  } catch (error) {
    await runtime.close();
    throw error;
  }
}

function openToWrite(db: string) {
  try {
    // Resolved here as where it is read, so that no name means something else to SQLite, as ":memory:" would.
    return sqliteJournal(resolve(db));
  } catch (error) {
    if (!isRunfoldError(error, "journal.readOnly")) throw error;
    // The library's advice is for programs; here it is about files.
    const message = `The database ${resolve(db)} cannot be written, and a run is kept in it. Make the file and its directory writable, or name another with --db FILE.`;
    throw new CommandError("journal.readOnly", message);
  }
}

function checkRoot(root: string | undefined): void {
  if (root === undefined) return;
  const found = statSync(root, { throwIfNoEntry: false });
  if (found?.isDirectory() === true) return;
  const why = found === undefined ? "does not exist" : "is not a directory";
  throw new CommandError(
    "root.invalid",
    `The root ${quotedText(root)} ${why}. Name an existing directory with --root DIR.`,
  );
}

function relationTo(run: RunSnapshot): Relation {
  const { owner } = run;
  const self = thisProcess();
  const isOwn = owner.host === self.host && owner.pid === self.pid && owner.processStart === self.processStart;
  if (isOwn) return "own";
  if (run.isEnded) return "ended";
  return ownerStateOf(run) === "gone" ? "abandoned" : "elsewhere";
}
