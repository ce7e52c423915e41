import type { StepStatus } from "../../../domain/status.ts";

/** A step's id as part of a variable's name. */
export function variablePart(step: string): string {
  return step.toUpperCase().replaceAll("-", "_");
}

/** A status as the outside knows it. */
export function wireStatus(status: StepStatus): string {
  return status === "timedOut" ? "timed_out" : status;
}
