import { activityOf, line } from "../projections/activity.ts";
import { printable } from "../domain/printable.ts";
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
  return printable(activityOf(withoutSequences(event)));
}

/** What somebody wrote into the event. */
function withoutSequences(event: Event): Event {
  switch (event.type) {
    case "run.cancelRequested":
    case "step.canceled":
    case "message.denied":
    case "message.unknown":
      return { ...event, reason: printable(event.reason) };
    case "message.sent":
      return { ...event, text: printable(event.text) };
    default:
      return event;
  }
}

/** One line about how a step stands. */
export function saidByStep({ status, reason, activity }: StepSnapshot): string {
  return status === "canceled" && reason !== undefined ? `canceled: ${reasonText(reason)}` : printable(activity);
}
