import { hasOption, positional, textOption, type Execute } from "../command.ts";
import { CommandError } from "../errors.ts";
import { exitCodes, type ExitCode } from "../exit-codes.ts";
import { findRun, openRuns } from "../open-journal.ts";
import { abandonedText, ownerStateOf } from "../owner-state.ts";
import { wireRun } from "../wire.ts";
import type { Run, RunSnapshot } from "../../index.ts";

/** A process that lives takes a request up within a fraction of a second; one that has not by then may be stopped or stuck. */
const takenUpWithinMs = 10_000;

export const execute: Execute = async (invocation) => {
  const { db, isJson, out } = invocation;
  const force = hasOption(invocation, "force");
  const reason = textOption(invocation, "reason");
  await using open = await openRuns(db, "write");
  const run = await findRun(open, positional(invocation, 0));
  const before = run.snapshot();
  if (before.isEnded) throw refused("run.ended", `Run ${run.id} has already ended: ${before.status}.`);
  const ownerState = ownerStateOf(before);
  if (ownerState === "gone") throw refused("run.abandoned", abandonedText(before));
  const tell = async (text: string, now: RunSnapshot): Promise<ExitCode> => {
    await out.line(isJson ? JSON.stringify({ run: wireRun(now, ownerState) }) : text);
    return exitCodes.done;
  };
  if (await isAskedAlready(run, before, force)) return await tell(`Run ${run.id} is already being ended.`, before);
  const refusal = await run.cancel({ force, ...(reason === undefined ? {} : { reason }) });
  if (refusal !== undefined) throw refused(`run.${refusal.refused}`, refusal.message);
  const now = await takenUp(run, before, force);
  if (now.isEnded && now.cancelReason === undefined) {
    throw refused("run.ended", `Run ${run.id} ended by itself before the request was taken up: ${now.status}.`);
  }
  return await tell(`Run ${run.id} is being ended${force ? " by force" : ""}.`, now);
};

/** A second request changes something only if it is more urgent than the first. */
async function isAskedAlready(run: Run, { status, position }: RunSnapshot, force: boolean): Promise<boolean> {
  if (status !== "canceling" || !force) return status === "canceling";
  for await (const { event, position: at } of run.events()) {
    if (event.type === "run.cancelRequested" && event.force) return true;
    if (at >= position) break;
  }
  return false;
}

/** Waits until the journal shows the request, which is when its process has taken it up. */
async function takenUp(run: Run, before: RunSnapshot, force: boolean): Promise<RunSnapshot> {
  const until = Date.now() + takenUpWithinMs;
  let { cursor } = before;
  for (;;) {
    const receipt = await run.wait({ after: cursor, timeoutMs: Math.max(0, until - Date.now()) });
    const isShown = receipt.events.some(({ event }) => event.type === "run.cancelRequested" && (event.force || !force));
    if (isShown || receipt.woke === "end") return receipt.run;
    if (receipt.woke === "timeout") {
      const { pid, host } = receipt.run.owner;
      const message = `Process ${pid} on ${host} has not taken the request up within ${takenUpWithinMs / 1_000} s. It stays there for it; look again with runfold status ${run.id}.`;
      throw refused("run.unresponsive", message);
    }
    cursor = receipt.cursor;
  }
}

function refused(code: string, message: string): CommandError {
  return new CommandError(code, message, { exitCode: exitCodes.failed });
}
