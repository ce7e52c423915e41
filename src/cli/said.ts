import { activityOf, line } from "../projections/activity.ts";
import { printable } from "./printable.ts";
import type { Event, StepSnapshot } from "../index.ts";

/**
 * Why something was canceled, as one line. Escape sequences go first and whole: were their first characters folded into blanks
 * as other control characters are, the rest of them would stay behind as text.
 */
export function reasonText(reason: string): string {
  return line(printable(reason));
}

/** One line about an event, the same for a run and for its steps. */
export function saidByEvent(event: Event): string {
  const isCancel = event.type === "run.cancelRequested" || event.type === "step.canceled";
  return printable(activityOf(isCancel ? { ...event, reason: printable(event.reason) } : event));
}

/** One line about how a step stands. */
export function saidByStep({ status, reason, activity }: StepSnapshot): string {
  return status === "canceled" && reason !== undefined ? `canceled: ${reasonText(reason)}` : printable(activity);
}
