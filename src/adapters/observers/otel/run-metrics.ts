import type { Attributes, Counter, Histogram, Meter } from "@opentelemetry/api";
import type { Event } from "../../../domain/events.ts";
import { workKindOf } from "../../../domain/graph-document.ts";
import type { EpochMs, StepId } from "../../../domain/ids.ts";
import { outcomeOf } from "./attempt-facts.ts";
import type { EndOfAttempt } from "./attempt-facts.ts";
import type { RunBook } from "./run-book.ts";

/** What all runs of a process count in. */
export interface Instruments {
  readonly runsStarted: Counter;
  readonly runsRecovered: Counter;
  readonly runsEnded: Counter;
  readonly runDuration: Histogram;
  readonly attempts: Counter;
  readonly attemptDuration: Histogram;
  readonly slotWait: Histogram;
  readonly retries: Counter;
  readonly blocked: Counter;
  readonly messages: Counter;
}

export function instrumentsOf(meter: Meter): Instruments {
  const seconds = { unit: "s", advice: { explicitBucketBoundaries: [...boundariesSeconds] } };
  return {
    runsStarted: meter.createCounter("runfold.runs.started", { unit: "{run}", description: "Runs and forks begun." }),
    runsRecovered: meter.createCounter("runfold.runs.recovered", {
      unit: "{run}",
      description: "Runs taken over from a process that was gone.",
    }),
    runsEnded: meter.createCounter("runfold.runs.ended", { unit: "{run}", description: "Runs ended, by status." }),
    runDuration: meter.createHistogram("runfold.run.duration", { ...seconds, description: "From start to end." }),
    attempts: meter.createCounter("runfold.attempts.ended", {
      unit: "{attempt}",
      description: "Attempts ended, by outcome.",
    }),
    attemptDuration: meter.createHistogram("runfold.attempt.duration", {
      ...seconds,
      description: "From an attempt's start to its end.",
    }),
    slotWait: meter.createHistogram("runfold.slot.wait", {
      ...seconds,
      description: "From when a step was ready to when its attempt started.",
    }),
    retries: meter.createCounter("runfold.retries", { unit: "{retry}", description: "Retries scheduled." }),
    blocked: meter.createCounter("runfold.steps.blocked", { unit: "{step}", description: "Steps that never ran." }),
    messages: meter.createCounter("runfold.messages", {
      unit: "{message}",
      description: "What became of messages to attempts; `sent` counts each time that one is on its way.",
    }),
  };
}

/** From a function's milliseconds to an agent's hours. */
const boundariesSeconds = [0.005, 0.025, 0.1, 0.5, 1, 5, 15, 60, 300, 900, 3_600, 10_800, 36_000] as const;

/** Counts what one run does. Attributes have few values: the graph's name, the kind of work, how it ended. */
export class RunMetrics {
  readonly #instruments: Instruments;
  readonly #book: RunBook;
  readonly #running = new Set<StepId>();
  #graph: Attributes;
  #isFork = false;

  constructor(instruments: Instruments, book: RunBook) {
    this.#instruments = instruments;
    this.#book = book;
    this.#graph = { "runfold.graph.name": book.graph.name };
  }

  apply(event: Event, at: EpochMs): void {
    const { runsStarted, runsRecovered, runsEnded, runDuration, slotWait, retries, blocked, messages } =
      this.#instruments;
    switch (event.type) {
      case "run.started":
      case "run.forked":
        this.#isFork = event.type === "run.forked";
        this.#graph = { "runfold.graph.name": this.#book.graph.name };
        runsStarted.add(1, { ...this.#graph, "runfold.is_fork": this.#isFork });
        return;
      case "run.recovered":
        runsRecovered.add(1, this.#graph);
        return;
      case "run.settled": {
        const attributes = { ...this.#graph, "runfold.run.status": event.status };
        runsEnded.add(1, attributes);
        runDuration.record(Math.max(0, at - this.#book.runStartedAt) / 1_000, attributes);
        return;
      }
      case "step.started":
        this.#running.add(event.step);
        slotWait.record(this.#book.waitMs(event.step, at) / 1_000, this.#ofStep(event.step));
        return;
      case "step.resumed":
        this.#running.add(event.step);
        return;
      case "step.interrupted":
        this.#running.delete(event.step);
        // That of the fork's past goes on, or has ended, where it is.
        if (!this.#isFork)
          this.#instruments.attempts.add(1, { ...this.#ofStep(event.step), "runfold.attempt.outcome": "interrupted" });
        return;
      case "step.retryScheduled":
        retries.add(1, { ...this.#ofStep(event.step), "error.type": event.failure.kind });
        this.#end(event, at);
        return;
      case "step.succeeded":
      case "step.failed":
      case "step.timedOut":
      case "step.canceled":
        this.#end(event, at);
        return;
      case "step.blocked":
        blocked.add(1, this.#ofStep(event.step));
        return;
      case "message.sent":
      case "message.accepted":
      case "message.consumed":
      case "message.denied":
      case "message.unknown":
        messages.add(1, { ...this.#graph, "runfold.message.status": event.type.slice("message.".length) });
        return;
      default:
        return;
    }
  }

  /** A step that ends without an attempt under way, because it is canceled before its start or after a loss, ends none. */
  #end(event: EndOfAttempt, at: EpochMs): void {
    if (!this.#running.delete(event.step)) return;
    const attributes = { ...this.#ofStep(event.step), "runfold.attempt.outcome": outcomeOf(event) };
    this.#instruments.attempts.add(1, attributes);
    const startedAt = this.#book.startedAt(event.step) ?? at;
    this.#instruments.attemptDuration.record(Math.max(0, at - startedAt) / 1_000, attributes);
  }

  #ofStep(id: StepId): Attributes {
    const step = this.#book.stepOf(id);
    return step === undefined ? this.#graph : { ...this.#graph, "runfold.step.kind": workKindOf(step) };
  }
}
