import { positional, type Execute } from "../command.ts";
import { exitCodes } from "../exit-codes.ts";
import { findRun, openRuns } from "../open-journal.ts";

export const execute: Execute = async (invocation) => {
  await using open = await openRuns(invocation.db, "write");
  const run = await findRun(open, positional(invocation, 0));
  await run.cleanup();
  const { out, isJson } = invocation;
  await out.line(
    isJson ? JSON.stringify({ cleaned: { id: run.id } }) : `Run ${run.id} was deleted, with its artifacts.`,
  );
  return exitCodes.done;
};
