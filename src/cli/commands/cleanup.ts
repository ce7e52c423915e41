import { adviceOn } from "../../surfaces/advice.ts";
import { positional, type Execute, type Invocation } from "../command.ts";
import { CommandError } from "../errors.ts";
import { exitCodes } from "../exit-codes.ts";
import { findRun, openRuns } from "../open-journal.ts";
import { isRunfoldError, type RunId } from "../../index.ts";

export const execute: Execute = async (invocation) => {
  const id = await cleanedUp(invocation);
  const { out, isJson } = invocation;
  await out.line(isJson ? JSON.stringify({ cleaned: { id } }) : `Run ${id} was deleted, with its artifacts.`);
  return exitCodes.done;
};

async function cleanedUp(invocation: Invocation): Promise<RunId> {
  try {
    await using open = await openRuns(invocation.db, "write");
    const run = await findRun(open, positional(invocation, 0));
    await run.cleanup();
    return run.id;
  } catch (error) {
    if (!isRunfoldError(error, "journal.full")) throw error;
    // What makes space takes some itself, which whoever has none has to be told.
    const advice =
      "A cleanup writes to the database before it deletes anything, so it needs a little space itself: free some elsewhere, a megabyte is enough, and try again.";
    throw new CommandError(error.code, `${adviceOn(error).said}. ${advice}`, { exitCode: exitCodes.failed });
  }
}
