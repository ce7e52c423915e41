import type { StepStatus } from "../../../domain/status.ts";
import type { StepSnapshot } from "../../../projections/step-snapshot.ts";

export interface StepFilter {
  readonly status: StepStatus | undefined;
  readonly text: string;
}

/** Whether a step is one of those that are looked for; all are where nothing is. */
export function isShown({ id, status }: StepSnapshot, filter: StepFilter): boolean {
  if (filter.status !== undefined && status !== filter.status) return false;
  return id.includes(filter.text.trim().toLowerCase());
}
