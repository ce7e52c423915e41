import type { Event, StopCause } from "../../src/domain/events.ts";
import type { Failure } from "../../src/domain/failure.ts";
import type { GraphDocument, GraphLimits, GraphNotify, StepDocument } from "../../src/domain/graph-document.ts";
import type { Input, RefusalReason } from "../../src/domain/inputs.ts";
import type { StoredOutput } from "../../src/domain/output.ts";
import { decide, isRefusal } from "../../src/machines/decide.ts";
import { evolve } from "../../src/machines/evolve.ts";
import { messageFacts } from "./message-facts.ts";
import { initialState, phaseOf } from "../../src/machines/run-state.ts";
import type { RunState } from "../../src/machines/run-state.ts";

/** A step with something to run that no test of the machines ever runs. */
export function stepOf(id: string, rest: Partial<StepDocument> = {}): StepDocument {
  return { id, task: id, ...rest };
}

/** A graph whose runs tell nobody of anything, unless `notify` says otherwise. */
export function graphOf(
  steps: readonly StepDocument[],
  limits?: GraphLimits,
  notify: GraphNotify = { mode: "none" },
): GraphDocument {
  return { name: "graph", objective: "To be tested.", steps, ...(limits === undefined ? {} : { limits }), notify };
}

const failed: Failure = { kind: "thrown", message: "It failed." };

/**
 * Drives the kernel in given, when, then: no clock, no journal, no executor. Each answer is checked against the laws that every
 * answer obeys: the events fold to the very state that decided them, and a refusal changes nothing.
 */
export class GivenRun {
  now = 1_000;
  readonly #state: RunState = initialState();
  readonly #journal: { readonly at: number; readonly event: Event }[] = [];
  readonly graph: GraphDocument;

  constructor(graph: GraphDocument) {
    this.graph = graph;
  }

  /** What happens; throws if it is refused. */
  when(input: Input): readonly Event[] {
    const answer = decide(this.#state, input, this.now);
    if (isRefusal(answer)) throw new Error(`${input.type} was refused: ${answer.refused}, ${answer.message}`);
    if (answer.length === 0) throw new Error(`${input.type} was accepted, and nothing happened`);
    for (const event of answer) this.#journal.push({ at: this.now, event });
    this.#mustBe(this.#refolded(), `after ${input.type}, the fold of all events`);
    return answer;
  }

  /** Why it is refused; throws if it is not. */
  refusal(input: Input): RefusalReason {
    const before = factsOf(this.#state);
    const answer = decide(this.#state, input, this.now);
    if (!isRefusal(answer)) throw new Error(`${input.type} was accepted: ${answer.map(brief).join(", ")}`);
    if (answer.message === "") throw new Error(`the refusal of ${input.type} does not say why`);
    this.#mustBe(before, `after a refused ${input.type}, the state before`);
    return answer.refused;
  }

  start(): readonly Event[] {
    return this.when(this.startInput());
  }

  startInput(): Input {
    const owner = { host: "here", pid: 1, processStart: "1" };
    return { type: "run.start", run: "run-1", life: "life", graph: this.graph, root: "/work", places: [], owner };
  }

  succeed(step: string, attempt = this.attemptOf(step), output: StoredOutput = { value: null }): readonly Event[] {
    return this.when({ type: "step.succeed", step, attempt, output });
  }

  fail(step: string, failure: Partial<Failure> = {}, jitter = 0): readonly Event[] {
    const attempt = this.attemptOf(step);
    return this.when({ type: "step.fail", step, attempt, failure: { ...failed, ...failure }, jitter });
  }

  /** The end of an attempt that was told to stop. */
  abort(step: string): readonly Event[] {
    return this.fail(step, { kind: "aborted", message: "It was told to stop." });
  }

  timeOut(step: string): readonly Event[] {
    return this.when({ type: "step.timeOut", step, attempt: this.attemptOf(step) });
  }

  retry(step: string): readonly Event[] {
    return this.when({ type: "step.retry", step, attempt: this.attemptOf(step) });
  }

  cancel(force = false, reason = "Not wanted any more."): readonly Event[] {
    return this.when({ type: "run.cancel", reason, force });
  }

  expire(): readonly Event[] {
    return this.when({ type: "run.expire" });
  }

  /** Another process takes the run over; it can resume the attempts of these steps. */
  recover(resumable: readonly string[] = []): readonly Event[] {
    const owner = { host: "there", pid: 2, processStart: "2" };
    return this.when({ type: "run.recover", owner, epoch: this.#state.epoch + 1, places: [], resumable });
  }

  /** The state becomes that of a new run, which may have another graph. */
  fork(graph?: GraphDocument): readonly Event[] {
    return this.when(this.forkInput(graph));
  }

  forkInput(graph?: GraphDocument): Input {
    const owner = { host: "here", pid: 1, processStart: "1" };
    const from = { run: "run-1", life: "life", position: this.#state.position };
    const edited = graph === undefined ? {} : { graph };
    return { type: "run.fork", run: "run-2", life: "life-2", from, ...edited, root: "/work", places: [], owner };
  }

  clean(): readonly Event[] {
    return this.when({ type: "run.clean", reason: "Tidying up." });
  }

  get phase(): string {
    return this.#state.phase;
  }

  get deadlineAt(): number {
    return this.#state.deadlineAt;
  }

  attemptOf(step: string): number {
    return this.#state.attempts[this.#numberOf(step)]!;
  }

  phaseOf(step: string): string {
    return phaseOf(this.#state, this.#numberOf(step));
  }

  /** Each step's phase, in declared order. */
  phases(): Record<string, string> {
    return Object.fromEntries(this.#state.plan.ids.map((id) => [id, this.phaseOf(id)]));
  }

  running(): string[] {
    return this.graph.steps.map(({ id }) => id).filter((id) => this.phaseOf(id) === "running");
  }

  /** Every event so far. */
  events(): readonly Event[] {
    return this.#journal.map(({ event }) => event);
  }

  #numberOf(step: string): number {
    const number = this.#state.plan.numberOf.get(step);
    if (number === undefined) throw new Error(`there is no step ${step}`);
    return number;
  }

  #refolded(): string {
    const state = initialState();
    for (const { at, event } of this.#journal) evolve(state, structuredClone(event), at);
    return factsOf(state);
  }

  #mustBe(expected: string, what: string): void {
    const actual = factsOf(this.#state);
    if (actual !== expected) throw new Error(`${what} is\n${expected}\nbut the state is\n${actual}`);
  }
}

/** All of a state as text, so that two can be compared. */
function factsOf(state: RunState): string {
  const {
    plan,
    phases,
    attempts,
    interruptions,
    dueAt,
    unmet,
    ready,
    counts,
    diagnostics,
    messages,
    notices,
    ...rest
  } = state;
  const members = plan.steps.flatMap((_step, number) => (ready.has(number) ? [number] : []));
  const arrays = [phases, attempts, interruptions, dueAt, unmet, counts].map((array) => [...array]);
  return JSON.stringify({
    ...rest,
    arrays,
    members,
    size: ready.size,
    diagnostics: [...diagnostics],
    told: messageFacts(messages),
    notices: { ...notices, pending: [...notices.pending] },
  });
}

/** A run of these steps that has started. */
export function givenRun(steps: readonly StepDocument[], limits?: GraphLimits): GivenRun {
  const run = new GivenRun(graphOf(steps, limits));
  run.start();
  return run;
}

/** An event in a few words: its type, its step and attempt, and what tells it from others of its type. */
export function brief(event: Event): string {
  switch (event.type) {
    case "run.settled":
      return `run.settled ${event.status}`;
    case "run.cancelRequested":
      return event.force ? "run.cancelRequested by force" : "run.cancelRequested";
    case "step.blocked":
      return `step.blocked ${event.step} by ${event.by.map(({ step, status }) => `${step} ${status}`).join(", ")}`;
    case "step.abortRequested":
      return `step.abortRequested ${event.step} ${event.cause satisfies StopCause}${event.force ? " by force" : ""}`;
    case "step.started":
      return `step.started ${event.step}${event.attempt === 1 ? "" : ` ${event.attempt}`}`;
    default:
      return "step" in event && event.step !== undefined ? `${event.type} ${event.step}` : event.type;
  }
}

export function briefly(events: readonly Event[]): string[] {
  return events.map(brief);
}
