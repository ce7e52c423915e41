import { livenessOf } from "../adapters/owners/process-owner.ts";
import type { OwnerState } from "./wire.ts";
import type { Run, RunSnapshot } from "../index.ts";

const lookEveryMs = 500;

/** Whether a run that has not ended still has its process; undefined for one that has ended and needs none. */
export function ownerStateOf(run: RunSnapshot): OwnerState | undefined {
  return run.isEnded ? undefined : livenessOf(run.owner);
}

/** What to tell of a run that has not ended and will not by itself. */
export function abandonedText({ id, owner, counts }: RunSnapshot): string {
  const kept = counts.succeeded > 0 ? "What its steps gave is kept" : "Its journal is kept";
  return (
    `Run ${id} has not ended, but its process ${owner.pid} on ${owner.host} is gone: nothing happens to it any more. ` +
    `${kept}; go on with it by runfold resume ${id}, or delete it with runfold cleanup ${id}.`
  );
}

/**
 * Resolves when the process that writes a run is gone and all that it wrote has been seen; never for a run that ends. It is
 * looked at twice, because the last commits may still be on their way to this process.
 */
export async function untilAbandoned(run: Run, signal: AbortSignal): Promise<void> {
  let goneAt: number | undefined;
  for (;;) {
    await pause(signal);
    if (signal.aborted) return;
    const now = run.snapshot();
    if (now.isEnded) return;
    if (ownerStateOf(now) !== "gone") goneAt = undefined;
    else if (goneAt === now.position) return;
    else goneAt = now.position;
  }
}

/** The looking keeps no process alive. */
function pause(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    const timer = setTimeout(finish, lookEveryMs).unref();
    signal.addEventListener("abort", finish, { once: true });
    function finish(): void {
      clearTimeout(timer);
      signal.removeEventListener("abort", finish);
      resolve();
    }
  });
}
