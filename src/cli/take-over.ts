import { isRunEnded } from "../domain/status.ts";
import { begunRun, type Begun, type BegunRun } from "./begun-run.ts";
import { problemOf, type Problem } from "./errors.ts";
import { importedText } from "./left-imported.ts";
import { findRun, openRuns } from "./open-journal.ts";
import { isRunfoldError, type RunId, type Runtime, type RuntimeDiagnostic } from "../index.ts";

export interface TakeOverRequest {
  readonly db: string;
  readonly onDiagnostic?: ((diagnostic: RuntimeDiagnostic) => void) | undefined;
}

/**
 * Takes one run over; one that has ended, or that another process was faster with, is found as it is.
 * @throws CommandError, `run.unknown`, `run.live`, `graph.invalid`, and what the journal refuses with; nothing stays open then.
 */
export async function takeOver(
  id: RunId,
  { db, force, onDiagnostic }: TakeOverRequest & { readonly force: boolean },
): Promise<Begun> {
  const open = await openRuns(db, "write", onDiagnostic);
  const { runtime } = open;
  try {
    const before = (await findRun(open, id)).snapshot();
    const run = await runtime.resume(id, { force });
    return { runtime, ...begunRun(run, before) };
  } catch (error) {
    await runtime.close();
    throw error;
  }
}

/** What came of taking over all that was left unfinished. */
export interface TakenOver {
  readonly runtime: Runtime;
  readonly runs: readonly BegunRun[];
  /** Of runs that stay as they are. */
  readonly problems: readonly Problem[];
  /** How many unfinished runs were let be, because another process writes them. */
  readonly held: number;
  /** Unfinished runs that came from a file: they wait until someone asks for them by name, because their commands are the file's. */
  readonly imported: readonly RunId[];
}

/**
 * Takes over every run of a database that nobody writes any more, until it is told to stop. One that cannot be taken over keeps
 * no other from it; one that came from a file is left as it is.
 * @throws CommandError, and what the journal refuses with; nothing stays open then.
 */
export async function takeOverAll(
  { db, onDiagnostic }: TakeOverRequest,
  isStopped: () => boolean = () => false,
): Promise<TakenOver> {
  const { runtime } = await openRuns(db, "write", onDiagnostic);
  const runs: BegunRun[] = [];
  const problems: Problem[] = [];
  const imported: RunId[] = [];
  let held = 0;
  try {
    const unfinished = (await runtime.list()).filter(({ status }) => !isRunEnded(status));
    for (const { id, isImported } of unfinished) if (isImported === true) imported.push(id);
    for (const { id, isImported } of unfinished) {
      if (isImported === true) continue;
      if (isStopped()) break;
      try {
        const before = (await runtime.get(id))?.snapshot();
        const begun = begunRun(await runtime.resume(id), before);
        if (begun.relation === "takenOver") runs.push(begun);
        if (begun.relation === "elsewhere") held++;
      } catch (error) {
        if (isRunfoldError(error, "run.live")) held++;
        else if (!isRunfoldError(error, "run.unknown")) problems.push(leftAsItIs(id, error));
        if (isRunfoldError(error, "runtime.full")) break;
      }
    }
  } catch (error) {
    await runtime.close();
    throw error;
  }
  return { runtime, runs, problems, held, imported };
}

function leftAsItIs(run: RunId, error: unknown): Problem {
  const problem = problemOf(error);
  return { ...problem, message: `Run ${run} stays as it is. ${problem.message}`, run };
}

/** What to tell of unfinished runs that were not taken over; undefined where there is nothing to tell. */
export function notTakenText({ runs, problems, held, imported }: Omit<TakenOver, "runtime">): string | undefined {
  const left = [heldText(held), importedText(imported)].filter((text) => text !== "").join("\n");
  if (runs.length > 0 || problems.length > 0) return left === "" ? undefined : left;
  const nothing = imported.length === 0 ? ": no run was left unfinished." : " by itself.";
  return `There is nothing to resume${nothing}${left === "" ? "" : ` ${left}`}`;
}

function heldText(held: number): string {
  if (held === 0) return "";
  const others = held === 1 ? "1 unfinished run is" : `${held} unfinished runs are`;
  return `${others} left to the processes that run them.`;
}
