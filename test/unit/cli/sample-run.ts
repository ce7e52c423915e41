import type { Event, RecordedEvent } from "../../../src/domain/events.ts";
import type { StepDocument } from "../../../src/domain/graph-document.ts";
import type { RunSnapshot } from "../../../src/projections/run-snapshot.ts";
import { RunView } from "../../../src/projections/run-view.ts";

/** When the sample runs start. */
export const startAt = 1_800_000_000_000;

/** The start of a run of shell steps; what is left out of a step does not matter. */
export function startOf(steps: readonly Partial<StepDocument>[]): Event {
  return {
    type: "run.started",
    run: "run-1",
    life: "life",
    graph: {
      name: "sample",
      objective: "Be shown.",
      steps: steps.map((step, index) => ({ id: `s${index}`, shell: ":", ...step })),
    },
    root: "/",
    places: [],
    owner: { host: "here", pid: 42, processStart: "7" },
    epoch: 1,
    deadlineAt: startAt + 3_600_000,
  };
}

/** Events, each with the seconds after the start at which it happened. */
export type Timed = readonly [seconds: number, event: Event];

export function recorded(events: readonly Timed[]): RecordedEvent[] {
  return events.map(([seconds, event], index) => ({ position: index + 1, at: startAt + seconds * 1_000, event }));
}

export function snapshotAfter(events: readonly Timed[]): RunSnapshot {
  const view = new RunView();
  for (const { event, at } of recorded(events)) view.apply(event, at);
  return view.snapshot();
}

export function started(step: string, attempt = 1): Event {
  return { type: "step.started", step, attempt, deadlineAt: startAt + 60_000 };
}

export function succeeded(step: string): Event {
  return { type: "step.succeeded", step, attempt: 1, output: { value: null } };
}

export function failed(step: string, message: string): Event {
  return { type: "step.failed", step, attempt: 1, failure: { kind: "exit", message, exitCode: 1 } };
}

export function said(step: string, text: string): Event {
  return {
    type: "step.progressed",
    step,
    attempt: 1,
    report: { kind: "text", stream: "stdout", text, totalChars: text.length },
  };
}
