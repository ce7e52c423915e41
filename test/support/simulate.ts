import type { Event } from "../../src/domain/events.ts";
import type { Input } from "../../src/domain/inputs.ts";
import { failureOf } from "./run-arbitrary.ts";
import type { Behaviour, Scenario } from "./run-arbitrary.ts";

export const startedAt = 1_000_000;
/** An attempt that ignores a request to stop is given up after this. */
const graceMs = 60;

/** Takes an input at a time; answers with the events it caused, none if it was refused. */
export type Accept = (input: Input, at: number) => readonly Event[];

const answers: readonly (readonly ("accepted" | "consumed" | "denied" | "unknown")[])[] = [
  ["accepted", "consumed", "consumed"],
  ["consumed"],
  ["denied"],
  ["unknown", "accepted", "denied"],
  ["accepted"],
  ["unknown"],
  [],
];

type EventOf<Type extends Event["type"]> = Extract<Event, { type: Type }>;

interface Due {
  readonly at: number;
  readonly input: Input;
}

/**
 * Plays a scenario to its end: everything that a runtime would do around the machines, and nothing of what they decide. Attempts
 * end and timers fire as the scenario says, in order of time, then in the order in which they became known. Nothing is ever
 * called off, so what has become pointless comes as stale input.
 */
export function simulate({ graph, behaviours, extras }: Scenario, accept: Accept): void {
  const numbers = new Map(graph.steps.map(({ id }, number) => [id, number]));
  const queue: Due[] = [];
  const put = (at: number, input: Input): void => {
    let place = queue.length;
    while (place > 0 && queue[place - 1]!.at > at) place--;
    queue.splice(place, 0, { at, input });
  };
  const behaviourOf = (step: string, attempt: number): Behaviour => {
    const list = behaviours[numbers.get(step)!]!;
    return list[Math.min(attempt, list.length) - 1]!;
  };
  const follow = (event: Event, at: number): void => {
    if (event.type === "run.started") put(event.deadlineAt, { type: "run.expire" });
    if (event.type === "notice.queued") {
      // What comes up until then waits for this.
      const intervalMs = (graph.notify?.minIntervalSeconds ?? 10) * 1_000;
      put(at + intervalMs, { type: "notice.due", notice: event.notice + 1 });
    }
    if (event.type === "step.started") begin(event, at);
    if (event.type === "step.abortRequested") stop(event, at);
    if (event.type === "message.sent") answer(event, at);
    if (event.type === "step.retryScheduled") {
      put(event.retryAt, { type: "step.retry", step: event.step, attempt: event.attempt });
    }
  };
  /** What an agent's program says of a message: everything that it can, and sometimes nothing. */
  const answer = ({ message, step, attempt }: EventOf<"message.sent">, at: number): void => {
    const says = answers[message % answers.length]!;
    for (const [index, outcome] of says.entries()) {
      const reason = outcome === "denied" || outcome === "unknown" ? { reason: `It was ${outcome}.` } : {};
      put(at + index * 5, { type: "message.report", step, attempt, message, outcome, ...reason });
    }
  };
  const begin = ({ step, attempt, deadlineAt }: EventOf<"step.started">, at: number): void => {
    put(deadlineAt, { type: "step.timeOut", step, attempt });
    const { ends, tells, afterMs, jitter } = behaviourOf(step, attempt);
    if (tells) put(at, { type: "step.progress", step, attempt, report: { kind: "note", message: "Begun." } });
    if (ends === "succeeds") put(at + afterMs, { type: "step.succeed", step, attempt, output: { value: attempt } });
    if (ends === "fails" || ends === "failsForGood") {
      const failure = failureOf("thrown", ends === "failsForGood");
      put(at + afterMs, { type: "step.fail", step, attempt, failure, jitter });
    }
  };
  const stop = ({ step, attempt, force, cause }: EventOf<"step.abortRequested">, at: number): void => {
    const { stopped, stopsAfterMs, jitter } = behaviourOf(step, attempt);
    if (stopped === "succeeds") {
      put(at + stopsAfterMs, { type: "step.succeed", step, attempt, output: { value: "late" } });
    }
    const failure = failureOf(cause === "timedOut" ? "timedOut" : "aborted");
    const endsAt = at + (stopped === "fails" ? stopsAfterMs : force ? 1 : graceMs);
    put(endsAt, { type: "step.fail", step, attempt, failure, partial: { value: "so far" }, jitter });
  };

  put(startedAt, startInput(graph));
  for (const { at, input } of extras) put(startedAt + at, input);
  for (let due = queue.shift(); due !== undefined; due = queue.shift()) {
    for (const event of accept(due.input, due.at)) follow(event, due.at);
  }
  accept({ type: "run.clean", reason: "It was only a test." }, startedAt + 1_000_000_000);
}

export function startInput(graph: Scenario["graph"]): Input {
  const owner = { host: "here", pid: 1, processStart: "1" };
  return { type: "run.start", run: "run-1", life: "life", graph, root: "/work", places: [], owner };
}
