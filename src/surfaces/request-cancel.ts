import type { Run, RunSnapshot } from "../index.ts";
import { ownerStateOf } from "./owner-state.ts";
import type { OwnerState } from "./wire.ts";

/** A process that lives takes a request up within a fraction of a second; one that has not by then may be stopped or stuck. */
export const takenUpWithinMs = 10_000;

/** What came of asking a run to end. */
export type CancelOutcome = { readonly now: RunSnapshot; readonly ownerState: OwnerState | undefined } & (
  | {
      readonly outcome:
        | "takenUp"
        /** Somebody asked before, as urgently. */
        | "asked"
        | "ended"
        /** It ended by itself before its process looked. */
        | "endedMeanwhile"
        /** Its process is gone, so nobody would take the request up. */
        | "abandoned"
        /** The request stays there for its process. */
        | "unresponsive";
    }
  | { readonly outcome: "refused"; readonly reason: string; readonly message: string }
);

/** Asks a run to end, whoever writes it, and waits until its process has taken the request up. @throws what the journal refuses with. */
export async function requestCancel(
  run: Run,
  { force, reason }: { readonly force: boolean; readonly reason: string | undefined },
): Promise<CancelOutcome> {
  const before = run.snapshot();
  const ownerState = ownerStateOf(before);
  const found = { now: before, ownerState };
  if (before.isEnded) return { outcome: "ended", ...found };
  if (ownerState === "gone") return { outcome: "abandoned", ...found };
  if (await isAskedAlready(run, before, force)) return { outcome: "asked", ...found };
  const refusal = await run.cancel({ force, ...(reason === undefined ? {} : { reason }) });
  if (refusal !== undefined) {
    return { outcome: "refused", reason: refusal.refused, message: refusal.message, ...found };
  }
  const now = await takenUp(run, before, force);
  if (now === undefined) return { outcome: "unresponsive", now: run.snapshot(), ownerState };
  const isByItself = now.isEnded && now.cancelReason === undefined;
  return { outcome: isByItself ? "endedMeanwhile" : "takenUp", now, ownerState };
}

/** A second request changes something only if it is more urgent than the first. */
async function isAskedAlready(run: Run, { status, position }: RunSnapshot, force: boolean): Promise<boolean> {
  if (status !== "canceling" || !force) return status === "canceling";
  for await (const { event, position: at } of run.events()) {
    if (event.type === "run.cancelRequested" && event.force) return true;
    if (at >= position) break;
  }
  return false;
}

/** Waits until the journal shows the request, which is when its process has taken it up; undefined where it does not. */
async function takenUp(run: Run, before: RunSnapshot, force: boolean): Promise<RunSnapshot | undefined> {
  const until = Date.now() + takenUpWithinMs;
  let { cursor } = before;
  for (;;) {
    const receipt = await run.wait({ after: cursor, timeoutMs: Math.max(0, until - Date.now()) });
    const isShown = receipt.events.some(({ event }) => event.type === "run.cancelRequested" && (event.force || !force));
    if (isShown || receipt.woke === "end") return receipt.run;
    if (receipt.woke === "timeout") return undefined;
    cursor = receipt.cursor;
  }
}
