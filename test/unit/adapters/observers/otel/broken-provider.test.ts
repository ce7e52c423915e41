import { trace } from "@opentelemetry/api";
import type { Meter, Span, Tracer, TracerProvider } from "@opentelemetry/api";
import { BasicTracerProvider, SimpleSpanProcessor } from "@opentelemetry/sdk-trace-base";
import type { SpanExporter, SpanProcessor } from "@opentelemetry/sdk-trace-base";
import { describe, expect, onTestFinished, test } from "vitest";
import { defineGraph, openRuntime, step, task } from "runfold";
import { openTelemetry } from "runfold/otel";
import { Telemetry } from "../../../../support/telemetry.ts";

const broken = (): never => {
  throw new Error("The provider is broken.");
};

async function outcomeWith(tracerProvider: TracerProvider, telemetry = new Telemetry()) {
  const diagnostics: string[] = [];
  const { meterProvider } = telemetry;
  const runtime = await openRuntime({
    observers: [openTelemetry({ tracerProvider, meterProvider })],
    onDiagnostic: ({ code, message }) => void diagnostics.push(`${code}: ${message}`),
  });
  onTestFinished(() => runtime.close());
  let calls = 0;
  const work = task(() => void calls++);
  const a = step("a", { run: work });
  const b = step("b", { needs: { a }, run: work });
  const run = await runtime.start(defineGraph("g", { objective: "Go on.", steps: [a, b] }));
  const { status } = await run.outcome();
  return { status, calls, diagnostics, figures: await telemetry.figures("runfold.attempts.ended") };
}

/** A tracer whose spans are real but for what they throw. */
function providerOf(breaks: (span: Span) => Span): TracerProvider {
  const real = new Telemetry().tracerProvider.getTracer("real");
  const tracer = { startSpan: (...given: Parameters<Tracer["startSpan"]>) => breaks(real.startSpan(...given)) };
  return { getTracer: () => tracer as unknown as Tracer };
}

describe("a provider that throws harms no run, is told of once, and leaves the figures alone:", () => {
  test.each<readonly [string, TracerProvider]>([
    ["no span can be started", providerOf(broken)],
    ["no span can be ended", providerOf((span) => Object.assign(span, { end: broken }))],
    [
      "no span takes attributes",
      providerOf((span) => Object.assign(span, { setAttribute: broken, setAttributes: broken })),
    ],
    ["no span has a context", providerOf((span) => Object.assign(span, { spanContext: broken }))],
    [
      "its processor throws",
      new BasicTracerProvider({
        spanProcessors: [
          { onStart: broken, onEnd: broken, forceFlush: async () => undefined } as unknown as SpanProcessor,
        ],
      }),
    ],
  ])("%s", async (_what, provider) => {
    const { status, calls, diagnostics, figures } = await outcomeWith(provider);
    expect([status, calls]).toEqual(["succeeded", 2]);
    expect(diagnostics).toEqual(["observer-failed: Error: The provider is broken."]);
    expect(Object.values(figures)).toEqual([2]);
  });

  test("there is no tracer at all", async () => {
    const { status, calls, diagnostics } = await outcomeWith({ getTracer: broken });
    expect([status, calls, diagnostics.length]).toEqual(["succeeded", 2, 1]);
  });
});

test("the provider of a process that has none is one that does nothing", async () => {
  const { status, diagnostics } = await outcomeWith(trace.getTracerProvider());
  expect([status, diagnostics]).toEqual(["succeeded", []]);
});

test("instruments that throw harm neither the run nor its spans", async () => {
  const telemetry = new Telemetry();
  const instrument = { add: broken, record: broken };
  const meter = { createCounter: () => instrument, createHistogram: () => instrument } as unknown as Meter;
  const observer = openTelemetry({
    tracerProvider: telemetry.tracerProvider,
    meterProvider: { getMeter: () => meter },
  });
  const diagnostics: string[] = [];
  const runtime = await openRuntime({
    observers: [observer],
    onDiagnostic: ({ code }) => void diagnostics.push(code),
  });
  onTestFinished(() => runtime.close());
  const a = step("a", { run: task(() => "done") });
  const run = await runtime.start(defineGraph("g", { objective: "Go on.", steps: [a] }));
  expect((await run.outcome()).status).toBe("succeeded");
  expect(telemetry.spans.map(({ name }) => name)).toEqual(["step a", "run g"]);
  expect(diagnostics).toEqual(["observer-failed"]);
});

test.each<readonly [string, SpanExporter["export"]]>([
  ["throws", broken],
  ["fails", (_spans, done) => done({ code: 1, error: new Error("It is full.") })],
  ["never answers", () => undefined],
])("an exporter that %s is none of a run's business", async (_how, exports) => {
  const exporter: SpanExporter = { export: exports, shutdown: async () => undefined };
  const tracerProvider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] });
  const { status, calls, diagnostics } = await outcomeWith(tracerProvider);
  expect([status, calls, diagnostics]).toEqual(["succeeded", 2, []]);
});
