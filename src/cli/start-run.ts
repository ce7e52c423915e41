import { resolve } from "node:path";
import { sqliteJournal } from "../sqlite.ts";
import { agentsHere } from "./agents-here.ts";
import { begunRun, type Begun } from "./begun-run.ts";
import { checkRoot } from "./check-root.ts";
import { CommandError } from "./errors.ts";
import { artifactsBeside } from "./open-journal.ts";
import { isRunfoldError, openRuntime, type Graph, type RuntimeDiagnostic } from "../index.ts";

export interface StartRequest {
  readonly graph: Graph;
  readonly id: string | undefined;
  readonly db: string;
  readonly root: string | undefined;
  readonly onDiagnostic?: ((diagnostic: RuntimeDiagnostic) => void) | undefined;
}

/**
 * Starts a run, or finds the one of that id; where that was left unfinished, it is taken over.
 * @throws CommandError, and what the journal or the start refuses with; nothing stays open then.
 */
export async function startRun(request: StartRequest): Promise<Begun> {
  const { graph, id, db, root, onDiagnostic } = request;
  checkRoot(root);
  const journal = openToWrite(db);
  const runtime = await openRuntime({
    journal,
    artifacts: artifactsBeside(db),
    // Other runs that were left unfinished are gone on with where that is asked for.
    recover: false,
    agents: agentsHere(process.env),
    ...(root === undefined ? {} : { root }),
    ...(onDiagnostic === undefined ? {} : { onDiagnostic }),
  });
  try {
    const before = id === undefined ? undefined : (await runtime.get(id))?.snapshot();
    const run = await runtime.start(graph, id === undefined ? {} : { id });
    return { runtime, ...begunRun(run, before) };
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
    const said = `The database ${resolve(db)} cannot be written, and a run is kept in it.`;
    const advice = "Make the file and its directory writable, or name another with --db FILE.";
    throw new CommandError("journal.readOnly", `${said} ${advice}`, { said });
  }
}
