import type { RecordedEvent } from "../../../src/domain/events.ts";
import type { Failure } from "../../../src/domain/failure.ts";
import type { GraphDocument } from "../../../src/domain/graph-document.ts";
import type { Input } from "../../../src/domain/inputs.ts";
import type { Json } from "../../../src/domain/json.ts";
import type { Usage } from "../../../src/domain/usage.ts";
import { decide, isRefusal } from "../../../src/machines/decide.ts";
import { initialState } from "../../../src/machines/run-state.ts";

/** What the attempts of a step do. */
export interface Told {
  readonly ms: number;
  /** So many attempts fail before one succeeds; more than the step has is a step that fails. */
  readonly failures?: number;
  readonly failure?: Failure;
  readonly texts?: readonly string[];
  readonly tools?: readonly string[];
  readonly output?: Json;
  readonly usage?: Usage;
  /** It never ends by itself. */
  readonly isHanging?: boolean;
}

export interface ToldRun {
  readonly graph: GraphDocument;
  readonly steps: (id: string) => Told;
  /** What comes from outside, in milliseconds after the start. */
  readonly inputs?: readonly (readonly [afterMs: number, input: Input])[];
  /** Nothing happens after this. */
  readonly untilMs?: number;
  readonly run?: string;
}

export const toldAt = Date.UTC(2026, 10, 26, 9, 30);

interface Due {
  readonly at: number;
  readonly input: Input;
}

/** A run as the kernel decides it, without a runtime: the same story is always the same journal. */
export function tellRun({ graph, steps, inputs = [], untilMs = Infinity, run = "told-1" }: ToldRun): RecordedEvent[] {
  const state = initialState();
  const events: RecordedEvent[] = [];
  const queue: Due[] = inputs.map(([afterMs, input]) => ({ at: toldAt + afterMs, input }));
  const put = (at: number, input: Input): void => {
    const place = queue.findIndex((due) => due.at > at);
    queue.splice(place === -1 ? queue.length : place, 0, { at, input });
  };
  const owner = { host: "workstation", pid: 4_242, processStart: "1" };
  const start: Input = {
    type: "run.start",
    run,
    life: `life-of-${run}`,
    graph,
    root: "/srv/project",
    places: [],
    owner,
  };
  queue.unshift({ at: toldAt, input: start });
  for (let due = queue.shift(); due !== undefined && due.at - toldAt <= untilMs; due = queue.shift()) {
    const answer = decide(state, due.input, due.at);
    if (isRefusal(answer)) continue;
    for (const event of answer) {
      events.push({ position: events.length + 1, at: due.at, event });
      if (event.type === "step.started") begin(event.step, event.attempt, due.at);
      if (event.type === "step.retryScheduled") {
        put(event.retryAt, { type: "step.retry", step: event.step, attempt: event.attempt });
      }
      if (event.type === "step.abortRequested") {
        const failure: Failure =
          event.cause === "timedOut"
            ? { kind: "timedOut", message: "The attempt passed its deadline." }
            : { kind: "aborted", message: "It was told to stop." };
        put(due.at + 40, { type: "step.fail", step: event.step, attempt: event.attempt, failure, jitter: 0 });
      }
      if (event.type === "message.sent") {
        const { step, attempt, message } = event;
        put(due.at + 30, { type: "message.report", step, attempt, message, outcome: "accepted" });
        put(due.at + 300, { type: "message.report", step, attempt, message, outcome: "consumed" });
      }
    }
  }
  return events;

  function begin(step: string, attempt: number, at: number): void {
    const { ms, failures = 0, failure = thrown, texts = [], tools = [], output = null, usage, isHanging } = steps(step);
    let totalChars = 0;
    texts.forEach((text, index) => {
      totalChars += text.length;
      const report = { kind: "text", stream: "stdout", text, totalChars } as const;
      put(at + (ms * (index + 1)) / (texts.length + 1), { type: "step.progress", step, attempt, report });
    });
    tools.forEach((tool, index) => {
      const report = { kind: "tool", tool, phase: "started", summary: `call ${index + 1}` } as const;
      put(at + (ms * (index + 0.5)) / (tools.length + 1), { type: "step.progress", step, attempt, report });
    });
    const spent = usage === undefined ? {} : { usage };
    if (isHanging === true) return;
    if (attempt <= failures) put(at + ms * 0.7, { type: "step.fail", step, attempt, failure, jitter: 0.2, ...spent });
    else put(at + ms, { type: "step.succeed", step, attempt, output: { value: output }, ...spent });
  }
}

const thrown: Failure = { kind: "exit", exitCode: 1, message: "The command ended with exit code 1." };
