/** What a step can be. `pending` covers waiting for dependencies, for a slot, and for the time of a retry. */
export type StepStatus = "pending" | "running" | "succeeded" | "failed" | "blocked" | "timedOut" | "canceled";

/** What a run can be. `canceling` is a run that was canceled or ran out of time and still has steps to end. */
export type RunStatus = "running" | "canceling" | "succeeded" | "mixed" | "failed" | "canceled" | "expired";

/** How a run can end. */
export type RunEnd = Exclude<RunStatus, "running" | "canceling">;

export const stepStatuses: readonly StepStatus[] = [
  "pending",
  "running",
  "succeeded",
  "failed",
  "blocked",
  "timedOut",
  "canceled",
];

export function isStepEnded(status: StepStatus): boolean {
  return status !== "pending" && status !== "running";
}

export function isRunEnded(status: RunStatus): status is RunEnd {
  return status !== "running" && status !== "canceling";
}
