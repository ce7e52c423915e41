import { context, createTraceState, propagation, trace } from "@opentelemetry/api";
import { beforeEach, expect, onTestFinished, test } from "vitest";
import { command, defineGraph, openRuntime, parseGraph, shell, step, task } from "runfold";
import type { Run } from "runfold";
import { openTelemetry } from "runfold/otel";
import { systemClock } from "../../../../../src/adapters/clocks/system-clock.ts";
import { agentExecutor } from "../../../../../src/adapters/executors/agents/agent-executor.ts";
import { placeWith } from "../../../../support/scratch-places.ts";
import { done, scriptedProgram } from "../../../../support/scripted-program.ts";
import { Telemetry } from "../../../../support/telemetry.ts";

let telemetry: Telemetry;

beforeEach(() => {
  telemetry = new Telemetry();
});

async function open() {
  const runtime = await openRuntime({ observers: [openTelemetry(telemetry)] });
  onTestFinished(() => runtime.close());
  return runtime;
}

const printed = "process.stdout.write(JSON.stringify([process.env.TRACEPARENT, process.env.TRACESTATE]))";

test("a command finds the context of its attempt's span in its environment; what the step says wins", async () => {
  const runtime = await open();
  const parent = shell('node -e "$CODE"');
  const a = step("a", { run: parent, env: { CODE: printed } });
  const b = step("b", { run: command("/bin/sh", ["-c", "printf %s $TRACEPARENT"]), env: { TRACEPARENT: "mine" } });
  const caller = trace.wrapSpanContext({
    traceId: "0af7651916cd43dd8448eb211c80319c",
    spanId: "b7ad6b7169203331",
    traceFlags: 1,
    traceState: createTraceState("vendor=1"),
  });
  const graph = defineGraph("g", { objective: "Tell.", steps: [a, b] });
  const run = await context.with(trace.setSpan(context.active(), caller), () => runtime.start(graph));
  const outcome = await run.outcome();
  const { traceId, spanId } = telemetry.span("step a").spanContext();
  expect(traceId).toBe("0af7651916cd43dd8448eb211c80319c");
  expect(JSON.parse(outcome.output(a)?.stdout ?? "")).toEqual([`00-${traceId}-${spanId}-01`, "vendor=1"]);
  expect(outcome.output(b)?.stdout).toBe("mine");
});

test("an agent finds it there, too", async () => {
  const executor = agentExecutor({ programs: [scriptedProgram(["environment", done])], clock: systemClock() });
  const runtime = await openRuntime({
    root: placeWith(),
    executors: [executor],
    observers: [openTelemetry(telemetry)],
  });
  onTestFinished(() => runtime.close());
  const agent = { kind: "scripted", task: "Tell.", system: "You tell." };
  const authority = { allowFilesystemRead: true };
  const parsed = parseGraph({ name: "g", objective: "Tell.", authority, steps: [{ id: "a", agent }] });
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.diagnostics));
  const outcome = await (await runtime.start(parsed.graph)).outcome();
  const { traceId, spanId } = telemetry.span("step a").spanContext();
  expect(outcome.output("a")).toContain(`"TRACEPARENT":"00-${traceId}-${spanId}-01"`);
});

test("a span that a function makes is a child of its attempt's, whatever else runs at the same time", async () => {
  const runtime = await open();
  const tracer = telemetry.tracerProvider.getTracer("mine");
  const work = task(async (_needs, { step: id, attempt }: { step: string; attempt: number }) => {
    await new Promise((resolve) => setImmediate(resolve));
    tracer.startSpan(`inside ${id}`).end();
    const baggage = propagation.getBaggage(context.active())?.getEntry("tenant")?.value ?? "none";
    return `${attempt} ${baggage}`;
  });
  const steps = ["a", "b", "c"].map((id) => step(id, { run: work }));
  const last = step("d", { needs: { a: steps[0]! }, run: work });
  const graph = defineGraph("g", { objective: "Nest.", steps: [...steps, last] });
  const carried = propagation.setBaggage(context.active(), propagation.createBaggage({ tenant: { value: "blue" } }));
  const run = await context.with(carried, () => runtime.start(graph));
  const outcome = await run.outcome();
  for (const id of ["a", "b", "c", "d"]) {
    const attempt = telemetry.span(`step ${id}`);
    expect(telemetry.span(`inside ${id}`).parentSpanContext?.spanId).toBe(attempt.spanContext().spanId);
  }
  expect(outcome.output(last)).toBe("1 blue");
});

test("where no provider makes spans, work goes on in its caller's, and nothing is noted", async () => {
  const runtime = await openRuntime({ observers: [openTelemetry()] });
  onTestFinished(() => runtime.close());
  const caller = { traceId: "0af7651916cd43dd8448eb211c80319c", spanId: "b7ad6b7169203331", traceFlags: 1 };
  const a = step("a", { run: shell("printf %s $TRACEPARENT") });
  const graph = defineGraph("g", { objective: "Tell.", steps: [a] });
  const active = trace.setSpan(context.active(), trace.wrapSpanContext(caller));
  const run = await context.with(active, () => runtime.start(graph));
  expect((await run.outcome()).output(a)?.stdout).toBe(`00-${caller.traceId}-${caller.spanId}-01`);
  expect(await typesOf(run)).not.toContain("diagnostic.recorded");
});

test("where there is neither a provider nor a caller, nothing is handed on", async () => {
  const runtime = await openRuntime({ observers: [openTelemetry()] });
  onTestFinished(() => runtime.close());
  const a = step("a", { run: shell("printf %s ${TRACEPARENT-none}") });
  const run = await runtime.start(defineGraph("g", { objective: "Tell.", steps: [a] }));
  const outcome = await run.outcome();
  expect(outcome.output(a)?.stdout).toBe("none");
  expect(await typesOf(run)).not.toContain("diagnostic.recorded");
});

async function typesOf(run: Run): Promise<readonly string[]> {
  const types = [];
  for await (const { event } of run.events()) types.push(event.type);
  return types;
}
