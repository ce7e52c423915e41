import { isRunfoldError, RunfoldError } from "../domain/errors.ts";
import type { RunId } from "../domain/ids.ts";

/** Events that were committed are no longer in the journal, so someone has cleaned the run up. */
export function cleanedUp(run: RunId): RunfoldError {
  const message = `Run ${run} was cleaned up, and what it kept is gone. A handle still shows its last snapshot.`;
  return new RunfoldError("run.cleaned", message, { details: { run } });
}

/** Any error as one of ours: as it is if it already is one. */
export function asJournalError(error: unknown, message: string): RunfoldError {
  if (isRunfoldError(error)) return error;
  return new RunfoldError("journal.failed", message, { cause: error });
}
