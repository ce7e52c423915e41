import { hasOption, positional, textOption, type Execute } from "../command.ts";
import { CommandError } from "../errors.ts";
import { exitCodes } from "../exit-codes.ts";
import { findRun, openRuns } from "../open-journal.ts";
import { abandonedText } from "../../surfaces/owner-state.ts";
import { requestCancel, takenUpWithinMs, type CancelOutcome } from "../../surfaces/request-cancel.ts";
import { wireRun } from "../../surfaces/wire.ts";

export const execute: Execute = async (invocation) => {
  const { db, isJson, out } = invocation;
  const force = hasOption(invocation, "force");
  await using open = await openRuns(db, "write");
  const run = await findRun(open, positional(invocation, 0));
  const asked = await requestCancel(run, { force, reason: textOption(invocation, "reason") });
  const text = textOf(asked, force);
  await out.line(isJson ? JSON.stringify({ run: wireRun(asked.now, asked.ownerState) }) : text);
  return exitCodes.done;
};

/** @throws CommandError where the run does not end because of this. */
function textOf(asked: CancelOutcome, force: boolean): string {
  const { id, status, owner } = asked.now;
  switch (asked.outcome) {
    case "takenUp":
      return `Run ${id} is being ended${force ? " by force" : ""}.`;
    case "asked":
      return `Run ${id} is already being ended.`;
    case "ended":
      throw refused("run.ended", `Run ${id} has already ended: ${status}.`);
    case "endedMeanwhile":
      throw refused("run.ended", `Run ${id} ended by itself before the request was taken up: ${status}.`);
    case "abandoned":
      throw refused("run.abandoned", abandonedText(asked.now));
    case "refused":
      throw refused(`run.${asked.reason}`, asked.message);
    case "unresponsive": {
      const message = `Process ${owner.pid} on ${owner.host} has not taken the request up within ${takenUpWithinMs / 1_000} s. It stays there for it; look again with runfold status ${id}.`;
      throw refused("run.unresponsive", message);
    }
  }
}

function refused(code: string, message: string): CommandError {
  return new CommandError(code, message, { exitCode: exitCodes.failed });
}
