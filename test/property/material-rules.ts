import type { Event } from "../../src/domain/events.ts";
import type { GraphDocument } from "../../src/domain/graph-document.ts";

/**
 * Whether an event wakes a wait for the whole run (`step` undefined) or for one step: the table of what users were promised,
 * once more and apart from the code that keeps it.
 */
export function isMaterial(graph: GraphDocument, event: Event, step: string | undefined): boolean {
  const { type } = event;
  if (type === "run.settled" || type === "run.cancelRequested" || type === "run.expired") return true;
  if (type === "diagnostic.recorded") {
    return event.severity === "error" && (event.step === undefined || step === undefined || event.step === step);
  }
  if (type === "step.succeeded") return step === undefined ? isSink(graph, event.step) : event.step === step;
  if (type === "step.failed" || type === "step.timedOut" || type === "step.canceled" || type === "step.blocked") {
    return step === undefined || event.step === step;
  }
  return false;
}

/** A step that no other step names. */
function isSink({ steps }: GraphDocument, id: string): boolean {
  return steps.every(({ needs = [], after = [] }) => !needs.includes(id) && !after.includes(id));
}
