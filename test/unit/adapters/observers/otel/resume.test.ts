import { context, trace } from "@opentelemetry/api";
import { expect, test } from "vitest";
import { derivedIds } from "runfold/otel";
import type { DerivedIds } from "runfold/otel";
import { failed, succeeded } from "runfold/testing";
import { linkedSteps, millis, Telemetry } from "../../../../support/telemetry.ts";
import { graphOf, lastingJournal, openTraced } from "./world.ts";
import type { TracedWorld } from "./world.ts";

const three = graphOf({ a: {}, b: { needs: ["a"] }, c: { needs: ["b", "a"] } });

/** A run whose process is lost in its second step, with a caller's span around its start; and the world that goes on with it. */
async function lost(telemetry: Telemetry, ids?: DerivedIds): Promise<TracedWorld> {
  const journal = lastingJournal();
  const named = ids === undefined ? {} : { ids };
  const first = await openTraced({ journal, telemetry, ...named });
  const caller = telemetry.tracerProvider.getTracer("caller").startSpan("request");
  await context.with(trace.setSpan(context.active(), caller), () => first.runtime.start(three, { id: "x" }));
  caller.end();
  await first.settle();
  await first.clock.advanceBy(10);
  first.executor.end("a", succeeded());
  await first.settle();
  const closed = first.runtime.close({ unfinished: "leave" });
  await first.clock.advanceBy(60_000);
  await closed;
  return openTraced({ journal, telemetry, clock: first.clock, ...named });
}

async function goOn({ runtime, clock, executor, settle }: TracedWorld): Promise<void> {
  const run = (await runtime.get("x"))!;
  await settle();
  for (const step of ["b", "c"]) {
    await clock.advanceBy(5);
    executor.end(step, succeeded());
    await settle();
  }
  expect((await run.outcome()).status).toBe("succeeded");
}

test("with derived ids the next owner makes the very spans that were lost: one root, links across the crash", async () => {
  const ids = derivedIds();
  const telemetry = new Telemetry(ids);
  const second = await lost(telemetry, ids);
  await goOn(second);
  const root = telemetry.span("run g");
  const caller = telemetry.span("request");
  expect(root.parentSpanContext).toMatchObject({ spanId: caller.spanContext().spanId });
  expect(millis(root.startTime)).toBe((await second.runtime.get("x"))?.snapshot().startedAt);
  expect(root.events.map(({ name }) => name)).toEqual(["run.recovered"]);
  const [a, interrupted, again, c] = telemetry.attempts;
  for (const attempt of telemetry.attempts) {
    expect(attempt.spanContext().traceId).toBe(caller.spanContext().traceId);
    expect(attempt.parentSpanContext?.spanId).toBe(root.spanContext().spanId);
  }
  expect(interrupted?.name).toBe("step b");
  expect(interrupted?.attributes).toMatchObject({
    "runfold.attempt.number": 1,
    "runfold.attempt.outcome": "interrupted",
  });
  expect(millis(interrupted!.startTime)).toBe(millis(a!.endTime));
  expect(again?.attributes).toMatchObject({ "runfold.attempt.number": 2, "runfold.attempt.outcome": "succeeded" });
  expect(c?.links.map((link) => link.context.spanId)).toEqual([again!.spanContext().spanId, a!.spanContext().spanId]);
  expect(telemetry.attempts).toHaveLength(4);
  expect(root.attributes).toMatchObject({ "runfold.steps.succeeded": 3 });
});

test("without derived ids it goes on in the same trace, below the root that was lost, and counts what it cannot link", async () => {
  const telemetry = new Telemetry();
  await goOn(await lost(telemetry));
  const root = telemetry.span("run g");
  const [a, interrupted, again, c] = telemetry.attempts;
  const { traceId } = telemetry.span("request").spanContext();
  expect(telemetry.attempts.map((span) => span.spanContext().traceId)).toEqual([traceId, traceId, traceId, traceId]);
  expect(root.spanContext().traceId).toBe(traceId);
  expect(root.parentSpanContext?.spanId).toBe(a?.parentSpanContext?.spanId);
  expect(again?.parentSpanContext?.spanId).toBe(root.spanContext().spanId);
  expect(interrupted?.attributes).toMatchObject({ "runfold.attempt.outcome": "interrupted" });
  expect(linkedSteps(c!)).toEqual(["b"]);
  expect(c?.attributes).toMatchObject({ "runfold.attempt.unlinked": 1 });
});

test("a run that was not traced before is traced from when it is taken over", async () => {
  const journal = lastingJournal();
  const first = await openTraced({ journal, observers: [] } as object);
  await first.runtime.start(three, { id: "x" });
  await first.settle();
  first.executor.end("a", succeeded());
  await first.settle();
  const closed = first.runtime.close({ unfinished: "leave" });
  await first.clock.advanceBy(60_000);
  await closed;
  const second = await openTraced({ journal, clock: first.clock });
  await goOn(second);
  expect(second.telemetry.span("run g").attributes).toMatchObject({ "runfold.run.epoch": 2 });
  expect(second.telemetry.attempts).toHaveLength(3);
});

test("a fork has a trace of its own, linked to that of its past", async () => {
  const { runtime, telemetry, executor, settle } = await openTraced();
  const run = await runtime.start(three, { id: "x" });
  await settle();
  executor.end("a", succeeded());
  await settle();
  const at = run.snapshot().position;
  await run.cancel({ reason: "Another way." });
  await settle();
  const fork = await runtime.fork("x", { at, id: "y" });
  await settle();
  executor.end("b", succeeded());
  await settle();
  executor.end("c", succeeded());
  expect((await fork.outcome()).status).toBe("succeeded");
  const [past, mine] = telemetry.roots;
  expect(mine?.attributes).toMatchObject({ "runfold.run.id": "y", "runfold.steps.succeeded": 3 });
  expect(mine?.spanContext().traceId).not.toBe(past?.spanContext().traceId);
  expect(mine?.links.map((link) => link.context.spanId)).toEqual([past?.spanContext().spanId]);
  const c = telemetry.span("step c");
  expect([linkedSteps(c), c.attributes["runfold.attempt.unlinked"]]).toEqual([["b"], 1]);
  // The attempt that was under way then is the past's; here it is made again.
  expect(Object.keys(await telemetry.figures("runfold.attempts.ended")).join()).not.toContain("interrupted");
  expect(mine?.events.map(({ name, attributes }) => [name, attributes])).toEqual([
    ["step.interrupted", { "runfold.step.id": "b" }],
  ]);
});

test("how long a retry has waited for a slot is told from when its run was taken over", async () => {
  const journal = lastingJournal();
  const graph = graphOf({ a: { retry: { attempts: 2, backoffSeconds: 1 } }, b: {} }, { concurrency: 1 });
  const first = await openTraced({ journal });
  await first.runtime.start(graph, { id: "x" });
  await first.clock.advanceBy(60_000);
  first.executor.end("a", failed());
  await first.clock.advanceBy(30_000);
  const closed = first.runtime.close({ unfinished: "leave" });
  await first.clock.advanceBy(60_000);
  await closed;
  const second = await openTraced({ journal, clock: first.clock });
  await second.settle();
  expect(second.executor.running.map(({ step }) => step)).toEqual(["a"]);
  await second.clock.advanceBy(500);
  second.executor.end("a", succeeded());
  await second.settle();
  second.executor.end("b", succeeded());
  await (await second.runtime.get("x"))!.outcome();
  const waits = second.telemetry.attempts.map(({ name, attributes }) => [name, attributes["runfold.attempt.wait_ms"]]);
  expect(waits).toEqual([
    ["step a", 0],
    ["step b", undefined],
    ["step b", 500],
  ]);
});
