import { RunfoldError } from "../../domain/errors.ts";
import type { Position, RunId } from "../../domain/ids.ts";
import { limits } from "../../domain/limits.ts";

/** What every journal says in the same words. */

export function conflict(run: RunId, expected: Position, actual: Position): RunfoldError {
  return new RunfoldError(
    "journal.conflict",
    `Run ${run} is at position ${actual}, not at ${expected}: another writer was there. Read the run again before appending`,
    { details: { run, expected, actual } },
  );
}

/** The id was free for a moment, and is another run's now. */
export function otherLife(run: RunId): RunfoldError {
  const message = `Run ${run} was cleaned up, and another one has its id now. Read the run again before appending`;
  return new RunfoldError("journal.conflict", message, { details: { run } });
}

export function unknownRun(run: RunId): RunfoldError {
  return new RunfoldError("run.unknown", `No run ${run} is in the journal`, { details: { run } });
}

export function fullMailbox(run: RunId): RunfoldError {
  const waiting = limits.inboxMessagesMax;
  return new RunfoldError(
    "mailbox.full",
    `${waiting} messages wait for run ${run} already; send again when its writer has read them`,
    {
      details: { run, waiting },
    },
  );
}
