import { positional, type Execute } from "../command.ts";
import { CommandError } from "../errors.ts";
import { exitCodes } from "../exit-codes.ts";
import { findRun, openRuns } from "../open-journal.ts";
import { abandonedText, ownerStateOf } from "../owner-state.ts";

export const execute: Execute = async (invocation) => {
  await using open = await openRuns(invocation.db, "write");
  const run = await findRun(open, positional(invocation, 0));
  const now = run.snapshot();
  if (ownerStateOf(now) === "gone") {
    throw new CommandError("run.abandoned", abandonedText(now), { exitCode: exitCodes.failed });
  }
  await run.cleanup();
  const { out, isJson } = invocation;
  await out.line(
    isJson ? JSON.stringify({ cleaned: { id: run.id } }) : `Run ${run.id} was deleted, with its artifacts.`,
  );
  return exitCodes.done;
};
