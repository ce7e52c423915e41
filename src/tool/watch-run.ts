import { limits } from "../domain/limits.ts";
import type { Run } from "../index.ts";
import { formatResult } from "./format-result.ts";
import { teamRun } from "./run-rows.ts";
import { teamDetails } from "./team-details.ts";
import type { TeamUpdate } from "./tool-host.ts";

/** Tells how a run stands whenever that changes, but not too often. A listener that throws is dropped and reported, and hurts no run. */
export function watch(run: Run, tell: (update: TeamUpdate) => void): { unsubscribe(): void } {
  let toldAt = -Infinity;
  return run.snapshot$.subscribe((snapshot) => {
    const now = performance.now();
    if (now - toldAt < limits.toolUpdateMs) return;
    toldAt = now;
    const details = teamDetails({ action: "run_status", run: teamRun(snapshot) });
    tell({ details, text: formatResult(details) });
  });
}
