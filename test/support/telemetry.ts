import { context, SpanStatusCode } from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from "@opentelemetry/sdk-metrics";
import { BasicTracerProvider, InMemorySpanExporter, SimpleSpanProcessor } from "@opentelemetry/sdk-trace-base";
import type { IdGenerator, ReadableSpan } from "@opentelemetry/sdk-trace-base";

/** Real providers whose exporters keep everything in memory. */
export class Telemetry {
  readonly tracerProvider: BasicTracerProvider;
  readonly meterProvider: MeterProvider;
  readonly #spans = new InMemorySpanExporter();
  readonly #metrics = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);

  constructor(idGenerator?: IdGenerator) {
    // As an application does that starts its SDK; again is harmless.
    context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
    const limits = { linkCountLimit: 100_000, eventCountLimit: 100_000 };
    this.tracerProvider = new BasicTracerProvider({
      spanProcessors: [new SimpleSpanProcessor(this.#spans)],
      spanLimits: limits,
      ...(idGenerator === undefined ? {} : { idGenerator }),
    });
    const reader = new PeriodicExportingMetricReader({ exporter: this.#metrics, exportIntervalMillis: 3_600_000 });
    this.meterProvider = new MeterProvider({ readers: [reader] });
  }

  /** Spans that have ended, in the order of their ends. */
  get spans(): readonly ReadableSpan[] {
    return this.#spans.getFinishedSpans();
  }

  /** The only span of a name. */
  span(name: string): ReadableSpan {
    const found = this.spans.filter((span) => span.name === name);
    if (found.length !== 1) throw new Error(`There are ${found.length} spans named ${name}.`);
    return found[0]!;
  }

  get roots(): readonly ReadableSpan[] {
    return this.spans.filter(({ name }) => name.startsWith("run "));
  }

  get attempts(): readonly ReadableSpan[] {
    return this.spans.filter(({ name }) => name.startsWith("step "));
  }

  /** The figures of an instrument: each one's attributes as `key=value`, and its value, or how often it was recorded and the sum. */
  async figures(name: string): Promise<Readonly<Record<string, number | readonly [number, number]>>> {
    await this.meterProvider.forceFlush();
    const figures: Record<string, number | readonly [number, number]> = {};
    const scopes = this.#metrics.getMetrics().at(-1)?.scopeMetrics ?? [];
    for (const { descriptor, dataPoints } of scopes.flatMap(({ metrics }) => metrics)) {
      if (descriptor.name !== name) continue;
      for (const { attributes, value } of dataPoints) {
        const key = Object.entries(attributes)
          .map(([attribute, of]) => `${attribute.replace("runfold.", "")}=${String(of)}`)
          .toSorted()
          .join(" ");
        figures[key] = typeof value === "number" ? value : [value.count, value.sum ?? 0];
      }
    }
    return figures;
  }

  async close(): Promise<void> {
    await this.tracerProvider.shutdown();
    await this.meterProvider.shutdown();
  }
}

/** What matters of a span, for comparisons. */
export function factsOf(span: ReadableSpan): object {
  return {
    name: span.name,
    start: millis(span.startTime),
    end: millis(span.endTime),
    attributes: span.attributes,
    status: span.status,
    events: span.events.map(({ name, time, attributes }) => ({ name, at: millis(time), attributes })),
    links: span.links.map(({ attributes }) => attributes),
  };
}

export function millis([seconds, nanos]: readonly [number, number]): number {
  return seconds * 1_000 + nanos / 1_000_000;
}

/** The steps that a span is linked to, in order. */
export function linkedSteps({ links }: ReadableSpan): readonly string[] {
  return links.map(({ attributes }) => String(attributes?.["runfold.step.id"]));
}

export function isError({ status }: ReadableSpan): boolean {
  return status.code === SpanStatusCode.ERROR;
}
