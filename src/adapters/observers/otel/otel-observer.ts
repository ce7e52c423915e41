import { context, metrics, trace } from "@opentelemetry/api";
import type { MeterProvider, Tracer, TracerProvider } from "@opentelemetry/api";
import type { RecordedEvent } from "../../../domain/events.ts";
import type { StepId } from "../../../domain/ids.ts";
import type { AttemptScope, Observer, RunBeginning, RunObserver } from "../../../ports/observer.ts";
import type { DerivedIds } from "./derived-ids.ts";
import { RunBook } from "./run-book.ts";
import { instrumentsOf, RunMetrics } from "./run-metrics.ts";
import type { Instruments } from "./run-metrics.ts";
import { RunTrace } from "./run-trace.ts";
import { traceVariables } from "./trace-parent.ts";

/** Under which name the spans and the instruments are made. */
export const scopeName = "runfold";

export interface TelemetryOptions {
  /** Default: the global one. */
  readonly tracerProvider?: TracerProvider;
  /** Default: the global one, as it is when the first run begins. */
  readonly meterProvider?: MeterProvider;
  /** What {@link derivedIds} gave to the tracer provider, too. Default: ids are chance's, and a run that is taken over has two root spans. */
  readonly ids?: DerivedIds;
}

/**
 * Traces and counts the runs of a runtime: `openRuntime({ observers: [openTelemetry()] })`. One trace a run, a child of the span that its
 * caller is in; a span an attempt; counters and histograms. Commands and agents find `TRACEPARENT` in their environment, and functions
 * run in the context of their attempt's span. `docs/telemetry.md` lists all names. Never throws; a provider that does harms no run.
 */
export function openTelemetry(options: TelemetryOptions = {}): Observer {
  const { tracerProvider, meterProvider, ids } = options;
  let tracer: Tracer | undefined;
  let instruments: Instruments | undefined;
  return {
    begin(beginning) {
      tracer ??= (tracerProvider ?? trace).getTracer(scopeName);
      instruments ??= instrumentsOf((meterProvider ?? metrics).getMeter(scopeName));
      return new ObservedRun(beginning, tracer, instruments, ids);
    },
  };
}

class ObservedRun implements RunObserver {
  readonly #book: RunBook;
  readonly #trace: RunTrace;
  readonly #metrics: RunMetrics;

  constructor(beginning: RunBeginning, tracer: Tracer, instruments: Instruments, ids: DerivedIds | undefined) {
    this.#book = new RunBook(beginning.past);
    this.#trace = new RunTrace({ ...beginning, tracer, ids, context: context.active(), book: this.#book });
    this.#metrics = new RunMetrics(instruments, this.#book);
  }

  /** What goes wrong with spans leaves the figures alone. */
  next({ event, at }: RecordedEvent): void {
    const time = this.#book.apply(event, at);
    try {
      this.#trace.apply(event, time);
    } finally {
      this.#metrics.apply(event, time);
    }
  }

  scopeOf(step: StepId, attempt: number): AttemptScope | undefined {
    const active = this.#trace.contextOf(step, attempt);
    const span = active && trace.getSpanContext(active);
    const variables = span && traceVariables(span);
    if (active === undefined || variables === undefined) return undefined;
    return { variables, enter: (work) => context.with(active, work) };
  }
}
