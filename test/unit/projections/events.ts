import type { Event, Failure, GraphDocument, RecordedEvent, RunEvent, StepDocument, StepEvent } from "runfold";

export const failure: Failure = { kind: "thrown", message: "Error: boom" };

export function graphOf(steps: readonly (string | StepDocument)[]): GraphDocument {
  return {
    name: "graph",
    objective: "Any.",
    steps: steps.map((given) => (typeof given === "string" ? { id: given, task: given } : given)),
  };
}

export function startedRun(graph: GraphDocument): Extract<RunEvent, { type: "run.started" }> {
  const owner = { host: "host", pid: 1, processStart: "0" };
  const rest = { root: "/", places: [], owner, epoch: 1, deadlineAt: 9_000 };
  return { type: "run.started", run: "run", life: "life", graph, ...rest };
}

/** Short names for events of attempt 1. */
export const did = {
  start: (step: string, attempt = 1): StepEvent => ({ type: "step.started", step, attempt, deadlineAt: 500 }),
  succeed: (step: string, value: string | number = 1): StepEvent => ({
    type: "step.succeeded",
    step,
    attempt: 1,
    output: { value },
  }),
  fail: (step: string): StepEvent => ({ type: "step.failed", step, attempt: 1, failure }),
  timeOut: (step: string): StepEvent => ({ type: "step.timedOut", step, attempt: 1, failure }),
  cancel: (step: string): StepEvent => ({ type: "step.canceled", step, attempt: 0, reason: "enough" }),
  block: (step: string, by: string): StepEvent => ({
    type: "step.blocked",
    step,
    by: [{ step: by, status: "failed" }],
  }),
  retry: (step: string): StepEvent => ({ type: "step.retryScheduled", step, attempt: 1, failure, retryAt: 700 }),
  due: (step: string): StepEvent => ({ type: "step.retryDue", step, attempt: 1 }),
  abort: (step: string): StepEvent => ({
    type: "step.abortRequested",
    step,
    attempt: 1,
    cause: "canceled",
    force: false,
  }),
  text: (step: string, text: string): StepEvent => ({
    type: "step.progressed",
    step,
    attempt: 1,
    report: { kind: "text", stream: "stdout", text, totalChars: text.length },
  }),
};

/** Events at positions from 1, 100 ms apart. */
export function record(events: readonly Event[]): RecordedEvent[] {
  return events.map((event, index) => ({ position: index + 1, at: 100 * (index + 1), event }));
}
