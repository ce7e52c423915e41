import { expect, test } from "vitest";
import type { Event, RecordedEvent } from "runfold";
import { traceJournal } from "runfold/otel";
import { millis, Telemetry } from "../../../../support/telemetry.ts";

const owner = { host: "here", pid: 1, processStart: "1" };
const graph = { name: "g", objective: "Be traced.", steps: [{ id: "a", command: ["true"] }] };
const started: readonly (readonly [number, Event])[] = [
  [
    1_000,
    { type: "run.started", run: "x", life: "l", graph, root: "/", places: [], owner, epoch: 1, deadlineAt: 90_000 },
  ],
  [1_000, { type: "step.started", step: "a", attempt: 1, deadlineAt: 90_000 }],
];
const recovered: Event = { type: "run.recovered", owner, epoch: 2, places: [] };
const interrupted: Event = { type: "step.interrupted", step: "a", attempt: 1 };

async function traced(...rest: readonly (readonly [number, Event])[]): Promise<Telemetry> {
  const telemetry = new Telemetry();
  const events = [...started, ...rest].map(([at, event], index): RecordedEvent => ({ position: index + 1, at, event }));
  await traceJournal(events, telemetry);
  return telemetry;
}

test("an attempt that goes on after its process was lost keeps its one span, with both moments on it", async () => {
  const telemetry = await traced(
    [5_000, recovered],
    [5_000, interrupted],
    [5_000, { type: "step.resumed", step: "a", attempt: 1, deadlineAt: 90_000 }],
    [6_000, { type: "step.succeeded", step: "a", attempt: 1, output: { value: null } }],
    [6_000, { type: "run.settled", status: "succeeded" }],
  );
  const span = telemetry.span("step a");
  expect(span.attributes["runfold.attempt.outcome"]).toBe("succeeded");
  expect([millis(span.startTime), millis(span.endTime)]).toEqual([1_000, 6_000]);
  expect(span.events.map(({ name, time }) => [name, millis(time)])).toEqual([
    ["step.interrupted", 5_000],
    ["step.resumed", 5_000],
  ]);
});

test("an attempt that was lost for good ended as interrupted, whatever becomes of its step, and when", async () => {
  const telemetry = await traced(
    [5_000, recovered],
    [5_000, interrupted],
    [
      7_000,
      {
        type: "step.failed",
        step: "a",
        attempt: 1,
        failure: { kind: "interrupted", message: "It may not run again." },
      },
    ],
    [7_000, { type: "run.settled", status: "failed" }],
  );
  const span = telemetry.span("step a");
  expect(span.attributes["runfold.attempt.outcome"]).toBe("interrupted");
  expect(millis(span.endTime)).toBe(5_000);
  expect(millis(telemetry.span("run g").endTime)).toBe(7_000);
});

test("where the clock was set back no span ends before it begins, and none outlasts the run", async () => {
  const telemetry = await traced(
    [2_000, { type: "step.succeeded", step: "a", attempt: 1, output: { value: null } }],
    [300, { type: "run.settled", status: "succeeded" }],
  );
  expect(telemetry.spans.map(({ startTime, endTime }) => [millis(startTime), millis(endTime)])).toEqual([
    [1_000, 2_000],
    [1_000, 2_000],
  ]);
});
