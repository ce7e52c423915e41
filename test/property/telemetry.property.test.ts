import { BasicTracerProvider, InMemorySpanExporter, SimpleSpanProcessor } from "@opentelemetry/sdk-trace-base";
import type { ReadableSpan, SpanProcessor } from "@opentelemetry/sdk-trace-base";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { derivedIds, openTelemetry, traceJournal } from "runfold/otel";
import type { DerivedIds } from "runfold/otel";
import { recordedEvents } from "../../src/domain/commit.ts";
import type { Commit } from "../../src/domain/commit.ts";
import type { GraphDocument } from "../../src/domain/graph-document.ts";
import { record, reread } from "../support/record-run.ts";
import { scenarios } from "../support/run-arbitrary.ts";
import { graphOf, openRunWorld, runDry } from "../support/run-world.ts";
import { factsOf, millis } from "../support/telemetry.ts";

const numRuns = 150;

/** A provider that keeps every span, and counts those that begin. */
function provided(ids: DerivedIds) {
  const exporter = new InMemorySpanExporter();
  const begun = { count: 0 };
  const counter: SpanProcessor = {
    onStart: () => void begun.count++,
    onEnd: () => undefined,
    forceFlush: async () => undefined,
    shutdown: async () => undefined,
  };
  const tracerProvider = new BasicTracerProvider({
    idGenerator: ids,
    spanLimits: { linkCountLimit: 1_000, eventCountLimit: 10_000 },
    spanProcessors: [counter, new SimpleSpanProcessor(exporter)],
  });
  return { tracerProvider, ids, begun, spans: () => exporter.getFinishedSpans() };
}

const events = (commits: readonly Commit[]) => commits.flatMap((commit) => [...recordedEvents(commit, 0)]);
const keyOf = ({ attributes }: ReadableSpan): string =>
  `${String(attributes["runfold.step.id"])} ${String(attributes["runfold.attempt.number"])}`;

/** What is wrong with a trace of a journal that is that of one whole run; nothing where all laws hold. */
function brokenTraceLaws(graph: GraphDocument, commits: readonly Commit[], spans: readonly ReadableSpan[]): string[] {
  const broken: string[] = [];
  const roots = spans.filter(({ name }) => name.startsWith("run "));
  const attempts = spans.filter(({ name }) => name.startsWith("step "));
  if (roots.length !== 1) return [`${roots.length} roots`];
  const root = roots[0]!;
  const started = events(commits).flatMap(({ event }) =>
    event.type === "step.started" ? [`${event.step} ${event.attempt}`] : [],
  );
  const traced = attempts.map(keyOf);
  if (traced.toSorted().join() !== started.toSorted().join())
    broken.push(`spans ${traced.join()}, not ${started.join()}`);
  const spanOf = new Map(attempts.map((span) => [span.spanContext().spanId, span]));
  if (spanOf.size !== attempts.length) broken.push("two attempts have the same id");
  const lastAttempt = new Map<string, number>();
  for (const key of started) {
    const [step = "", attempt] = key.split(" ");
    lastAttempt.set(step, Math.max(lastAttempt.get(step) ?? 0, Number(attempt)));
  }
  const stepOf = new Map(graph.steps.map((step) => [step.id, step]));
  for (const span of attempts) {
    const key = keyOf(span);
    const [start, end] = [millis(span.startTime), millis(span.endTime)];
    if (span.parentSpanContext?.spanId !== root.spanContext().spanId) broken.push(`${key} is no child of the run`);
    if (start > end || start < millis(root.startTime) || end > millis(root.endTime))
      broken.push(`${key} is not nested`);
    const { needs = [], after = [] } = stepOf.get(key.split(" ")[0]!)!;
    const expected = [...needs, ...after].flatMap((id) =>
      lastAttempt.has(id) ? [`${id} ${lastAttempt.get(id)}`] : [],
    );
    const linked = span.links.map(({ context }) => spanOf.get(context.spanId));
    const names = linked.map((target) => (target === undefined ? "nothing" : keyOf(target)));
    if (names.join() !== expected.join()) broken.push(`${key} is linked to ${names.join()}, not ${expected.join()}`);
    if (linked.some((target) => target !== undefined && millis(target.endTime) > start)) {
      broken.push(`${key} began before what it depends on had ended`);
    }
  }
  return broken;
}

test("the trace of any run has one span an attempt, nested in time, ended, and linked as its steps depend", async () => {
  await fc.assert(
    fc.asyncProperty(scenarios(), async (scenario) => {
      const commits = reread(record(scenario).commits);
      const { begun, spans, ...provider } = provided(derivedIds());
      await traceJournal(events(commits), provider);
      expect(brokenTraceLaws(scenario.graph, commits, spans())).toEqual([]);
      expect(spans()).toHaveLength(begun.count);
    }),
    { numRuns },
  );
});

test("of any part of a journal every span that began has ended", async () => {
  await fc.assert(
    fc.asyncProperty(scenarios({ stepsMax: 20 }), fc.nat(), async (scenario, cut) => {
      const all = events(record(scenario).commits);
      const { begun, spans, ...provider } = provided(derivedIds());
      await traceJournal(all.slice(0, cut % all.length), provider);
      expect(spans()).toHaveLength(begun.count);
    }),
    { numRuns },
  );
});

test("a live run is traced as its journal is, span by span", async () => {
  await fc.assert(
    fc.asyncProperty(scenarios({ stepsMax: 25 }), fc.option(fc.nat({ max: 60 })), async (scenario, cancelAfterMs) => {
      const live = provided(derivedIds());
      const world = openRunWorld(scenario, [], [openTelemetry(live)]);
      const run = await world.runtime.start(graphOf(scenario), { id: "live" });
      if (cancelAfterMs !== null) {
        await world.clock.advanceBy(cancelAfterMs);
        void run.cancel();
      }
      await runDry(world);
      expect(run.snapshot().isEnded).toBe(true);
      const commits = await world.commitsOf("live");
      const recorded = provided(derivedIds());
      await traceJournal(events(commits), recorded);
      const tellAll = (spans: readonly ReadableSpan[]): unknown[] =>
        spans.map((span) => [span.spanContext(), span.parentSpanContext?.spanId, factsOf(span)]);
      expect(tellAll(live.spans())).toEqual(tellAll(recorded.spans()));
      expect(live.begun.count).toBe(live.spans().length);
      await world.runtime.close();
    }),
    { numRuns: numRuns / 2 },
  );
});

test("a run that is taken from its owner at any moment has one trace, made by both: same ids, parents, times and links", async () => {
  let taken = 0;
  await fc.assert(
    fc.asyncProperty(scenarios({ stepsMax: 25, isCalm: true }), fc.nat({ max: 120 }), async (scenario, afterMs) => {
      const [first, second, recorded] = [provided(derivedIds()), provided(derivedIds()), provided(derivedIds())];
      const world = openRunWorld(scenario, [], [openTelemetry(first)]);
      await world.runtime.start(graphOf(scenario), { id: "live" });
      await world.clock.advanceBy(afterMs);
      const next = openRunWorld(scenario, [], [openTelemetry(second)], world);
      const run = await next.runtime.resume("live", { force: true });
      await runDry(world);
      expect(run.snapshot().isEnded).toBe(true);
      if (run.snapshot().epoch > 1) taken++;
      await traceJournal(events(await world.commitsOf("live")), recorded);
      const tellAll = (spans: readonly ReadableSpan[]): readonly unknown[] =>
        spans
          .map((span) => ({
            id: span.spanContext().spanId,
            trace: span.spanContext().traceId,
            parent: span.parentSpanContext?.spanId,
            name: span.name,
            times: [millis(span.startTime), millis(span.endTime)],
            links: span.links.map(({ context }) => context.spanId),
            status: span.status,
            outcome: span.attributes["runfold.attempt.outcome"] ?? span.attributes["runfold.run.status"],
          }))
          .toSorted((one, other) => one.id.localeCompare(other.id));
      expect(tellAll([...first.spans(), ...second.spans()])).toEqual(tellAll(recorded.spans()));
    }),
    { numRuns: numRuns / 2 },
  );
  expect(taken).toBeGreaterThan(0);
});
