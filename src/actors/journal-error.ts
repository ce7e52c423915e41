import { isRunfoldError, RunfoldError } from "../domain/errors.ts";

/** Any error as one of ours: as it is if it already is one. */
export function asJournalError(error: unknown, message: string): RunfoldError {
  if (isRunfoldError(error)) return error;
  if (error === undefined) return new RunfoldError("runtime.closed", message);
  return new RunfoldError("journal.failed", message, { cause: error });
}
