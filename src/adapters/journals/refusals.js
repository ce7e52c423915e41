import { RunfoldError } from "../../domain/errors.js";
import { limits } from "../../domain/limits.js";
/** What every journal says in the same words. */
export function conflict(run, expected, actual) {
  return new RunfoldError(
    "journal.conflict",
    `Run ${run} is at position ${actual}, not at ${expected}: another writer was there. Read the run again before appending`,
    { details: { run, expected, actual } },
  );
}
export function unknownRun(run) {
  return new RunfoldError("run.unknown", `No run ${run} is in the journal`, { details: { run } });
}
export function fullMailbox(run) {
  const waiting = limits.inboxMessagesMax;
  return new RunfoldError(
    "mailbox.full",
    `${waiting} messages wait for run ${run} already; send again when its writer has read them`,
    {
      details: { run, waiting },
    },
  );
}
