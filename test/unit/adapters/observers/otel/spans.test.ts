import { context, trace } from "@opentelemetry/api";
import { expect, test } from "vitest";
import { failed, succeeded } from "runfold/testing";
import { isError, linkedSteps, millis } from "../../../../support/telemetry.ts";
import { graphOf, openTraced } from "./world.ts";

test("a run is one trace: a span for the run, a child for each attempt, links to what each depended on", async () => {
  const { runtime, telemetry, clock, executor, settle } = await openTraced();
  const fan = graphOf({
    a: {},
    b: { needs: ["a"] },
    c: { needs: ["a"] },
    d: { needs: ["b"], after: ["c"] },
  });
  const run = await runtime.start(fan, { id: "fan" });
  await settle();
  for (const [step, ms] of [
    ["a", 10],
    ["b", 20],
    ["c", 5],
    ["d", 1],
  ] as const) {
    await clock.advanceBy(ms);
    executor.end(step, succeeded());
    await settle();
  }
  expect((await run.outcome()).status).toBe("succeeded");

  const root = telemetry.span("run g");
  expect(telemetry.spans).toHaveLength(5);
  expect(root.parentSpanContext).toBeUndefined();
  expect(root.attributes).toMatchObject({
    "runfold.run.id": "fan",
    "runfold.graph.name": "g",
    "runfold.graph.steps": 4,
    "runfold.run.status": "succeeded",
    "runfold.steps.succeeded": 4,
  });
  for (const attempt of telemetry.attempts) {
    expect(attempt.parentSpanContext?.spanId).toBe(root.spanContext().spanId);
    expect(attempt.spanContext().traceId).toBe(root.spanContext().traceId);
    expect(isError(attempt)).toBe(false);
  }
  expect(linkedSteps(telemetry.span("step a"))).toEqual([]);
  expect(linkedSteps(telemetry.span("step d"))).toEqual(["b", "c"]);
  const [toB, toC] = telemetry.span("step d").links;
  expect(toB?.context.spanId).toBe(telemetry.span("step b").spanContext().spanId);
  expect(toC?.attributes).toEqual({ "runfold.link": "after", "runfold.step.id": "c" });
  // The times are those of the journal.
  const { startedAt, endedAt } = run.snapshot();
  expect([millis(root.startTime), millis(root.endTime)]).toEqual([startedAt, endedAt]);
  const { startTime, endTime } = telemetry.span("step b");
  expect([millis(startTime) - startedAt, millis(endTime) - startedAt]).toEqual([10, 30]);
});

test("each attempt that is retried has a span of its own, with an error and the retry on it", async () => {
  const { runtime, telemetry, clock, executor, settle } = await openTraced();
  const graph = graphOf({
    a: { retry: { attempts: 2, backoffSeconds: 2 } },
    b: { needs: ["a"] },
    c: { needs: ["b"], retry: { attempts: 1 } },
  });
  const run = await runtime.start(graph);
  await settle();
  executor.end("a", failed("Not yet.", { kind: "exit", exitCode: 7 }));
  await clock.advanceBy(2_000);
  executor.end("a", succeeded());
  await settle();
  executor.end("b", { ...succeeded(), usage: { inputTokens: 7, outputTokens: 3, model: "m" } });
  await settle();
  executor.end("c", failed("For good."));
  await run.outcome();

  const [first, second] = telemetry.spans.filter(({ name }) => name === "step a");
  expect(first?.status).toEqual({ code: 2, message: "Not yet." });
  expect(first?.attributes).toMatchObject({
    "runfold.attempt.number": 1,
    "runfold.attempt.outcome": "failed",
    "runfold.attempt.is_retried": true,
    "error.type": "exit",
    "process.exit.code": 7,
  });
  expect(first?.events.map(({ name }) => name)).toEqual(["step.retryScheduled"]);
  expect(second?.attributes).toMatchObject({ "runfold.attempt.number": 2, "runfold.attempt.outcome": "succeeded" });
  // The link leads to the attempt that gave the output.
  expect(telemetry.span("step b").links[0]?.context.spanId).toBe(second?.spanContext().spanId);
  expect(telemetry.span("step b").attributes).toMatchObject({
    "gen_ai.usage.input_tokens": 7,
    "gen_ai.usage.output_tokens": 3,
    "gen_ai.response.model": "m",
  });
  expect(telemetry.span("run g").status.code).toBe(2);
});

test("a time out is an error, a cancel is not, and what never ran has no span", async () => {
  const { runtime, telemetry, clock, executor, settle } = await openTraced();
  const late = await runtime.start(graphOf({ slow: { timeoutSeconds: 1 }, rest: { needs: ["slow"] } }), { id: "late" });
  await clock.advanceBy(1_000);
  expect((await late.outcome()).status).toBe("failed");
  expect(telemetry.span("step slow").attributes).toMatchObject({ "runfold.attempt.outcome": "timed_out" });
  expect(isError(telemetry.span("step slow"))).toBe(true);
  expect(telemetry.span("step slow").events.map(({ name }) => name)).toEqual(["step.abortRequested"]);
  const [blocked] = telemetry.span("run g").events.filter(({ name }) => name === "step.blocked");
  expect(blocked?.attributes).toEqual({ "runfold.step.id": "rest", "runfold.blocked_by": ["slow"] });
  expect(telemetry.attempts).toHaveLength(1);

  const stopped = await runtime.start(graphOf({ one: {}, two: { needs: ["one"] } }), { id: "stopped" });
  await settle();
  await stopped.cancel({ reason: "Enough." });
  await settle();
  expect((await stopped.outcome()).status).toBe("canceled");
  const root = telemetry.roots.find(({ attributes }) => attributes["runfold.run.id"] === "stopped");
  expect(root?.attributes).toMatchObject({ "runfold.run.status": "canceled", "runfold.steps.canceled": 2 });
  expect([isError(telemetry.span("step one")), root?.status.code]).toEqual([false, 0]);
  expect(root?.events.map(({ name }) => name)).toEqual(["run.cancelRequested", "step.canceled"]);
  expect(executor.running).toEqual([]);
});

test("the caller's span is the parent of the run's", async () => {
  const { runtime, telemetry, executor, settle } = await openTraced({
    scripted: { started: (attempt) => attempt.end(succeeded()) },
  });
  const tracer = telemetry.tracerProvider.getTracer("caller");
  const caller = tracer.startSpan("request");
  const run = await context.with(trace.setSpan(context.active(), caller), () => runtime.start(graphOf({ a: {} })));
  await run.outcome();
  const other = await runtime.start(graphOf({ b: {} }));
  await settle();
  await other.outcome();
  const [mine, alone] = telemetry.roots;
  expect(mine?.parentSpanContext?.spanId).toBe(caller.spanContext().spanId);
  expect(telemetry.span("step a").spanContext().traceId).toBe(caller.spanContext().traceId);
  expect(alone?.parentSpanContext).toBeUndefined();
  expect(executor.running).toEqual([]);
});

test("messages, tools and diagnostics are points on the span of the attempt, without their texts", async () => {
  const { runtime, telemetry, executor, settle } = await openTraced({
    scripted: {
      started: ({ attempt }) => {
        attempt.tool({ tool: "grep", phase: "started", call: "1", summary: "secret words" });
        attempt.diagnostic("odd", "warning", "It is odd.");
      },
    },
  });
  const run = await runtime.start(graphOf({ a: {} }));
  await settle();
  // The scripted executor takes no messages.
  await run.message("a", { channel: "steer", text: "secret words" });
  await settle();
  executor.end("a", succeeded());
  await run.outcome();
  const { events } = telemetry.span("step a");
  expect(events.map(({ name }) => name).toSorted()).toEqual([
    "diagnostic.recorded",
    "message.denied",
    "message.sent",
    "step.progressed",
  ]);
  expect(JSON.stringify(events)).not.toContain("secret words");
  expect(await telemetry.figures("runfold.messages")).toEqual({
    "graph.name=g message.status=denied": 1,
    "graph.name=g message.status=sent": 1,
  });
});

test("a chain of 1 000 steps is 1 000 spans, each linked to the one before", async () => {
  const { runtime, telemetry } = await openTraced({
    scripted: { started: (attempt) => attempt.end(succeeded()) },
  });
  const steps = Array.from({ length: 1_000 }, (_, n) => [`s${n}`, n === 0 ? {} : { needs: [`s${n - 1}`] }] as const);
  const run = await runtime.start(graphOf(Object.fromEntries(steps)));
  await run.outcome();
  expect(telemetry.attempts).toHaveLength(1_000);
  const ids = telemetry.attempts.map((span) => span.spanContext().spanId);
  expect(telemetry.attempts.slice(1).map(({ links }) => links[0]?.context.spanId)).toEqual(ids.slice(0, -1));
  expect(new Set(ids).size).toBe(1_000);
});
