import { BasicTracerProvider, InMemorySpanExporter, SimpleSpanProcessor } from "@opentelemetry/sdk-trace-base";
import { openRuntime } from "runfold";
import type { Graph, Observer } from "runfold";
import { openTelemetry } from "runfold/otel";
import { graphOf } from "./engines.ts";
import { layered } from "./shapes.ts";

async function microsecondsAStep(graph: Graph, observers: readonly Observer[], size: number): Promise<number> {
  const runtime = await openRuntime({ observers });
  const startedAt = performance.now();
  const run = await runtime.start(graph);
  await run.wait({ until: "end" });
  const ms = performance.now() - startedAt;
  await runtime.close();
  return (ms * 1_000) / size;
}

/** What traces cost: each round measures all of them one after the other, and the best of each counts. */
export async function telemetryCosts(size = 1_000, rounds = 40): Promise<string> {
  const graph = graphOf(layered(size));
  const exporter = new InMemorySpanExporter();
  const tracerProvider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] });
  const kinds: readonly (readonly [string, readonly Observer[]])[] = [
    ["nobody observes", []],
    ["an observer that does nothing", [{ begin: () => ({ next: () => undefined }) }]],
    ["no provider", [openTelemetry()]],
    ["spans into memory", [openTelemetry({ tracerProvider })]],
  ];
  const best = kinds.map(() => Number.POSITIVE_INFINITY);
  for (let round = 0; round < rounds; round++) {
    for (const [index, [, observers]] of kinds.entries()) {
      best[index] = Math.min(best[index]!, await microsecondsAStep(graph, observers, size));
      exporter.reset();
    }
  }
  const told = kinds.map(
    ([name], index) => `${name} ${best[index]!.toFixed(2)} µs (${(best[index]! / best[0]!).toFixed(2)})`,
  );
  return `a step of ${size}, layered, in memory, and times what it costs unobserved: ${told.join("; ")}.`;
}
