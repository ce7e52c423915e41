import type { EventType } from "./events.ts";

/** A fold passes over an event that it does not know, so whoever takes events from outside has to know them all. */
const eventTypes: Readonly<Record<EventType, true>> = {
  "run.started": true,
  "run.recovered": true,
  "run.forked": true,
  "run.cancelRequested": true,
  "run.expired": true,
  "run.settled": true,
  "run.cleaned": true,
  "diagnostic.recorded": true,
  "artifact.stored": true,
  "notice.queued": true,
  "step.started": true,
  "step.progressed": true,
  "step.abortRequested": true,
  "step.interrupted": true,
  "step.resumed": true,
  "step.retryScheduled": true,
  "step.retryDue": true,
  "step.succeeded": true,
  "step.failed": true,
  "step.timedOut": true,
  "step.canceled": true,
  "step.blocked": true,
  "message.sent": true,
  "message.accepted": true,
  "message.consumed": true,
  "message.denied": true,
  "message.unknown": true,
};

/** Whether events of this type exist. */
export function isEventType(type: string): type is EventType {
  return Object.hasOwn(eventTypes, type);
}
