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
