import { expect, test } from "vitest";
import { failed, seededEntropy, succeeded } from "runfold/testing";
import { graphOf, openTraced } from "./world.ts";

test("runs, attempts, retries and what was blocked are counted; durations and waits for a slot are recorded in seconds", async () => {
  const { runtime, telemetry, clock, executor, settle } = await openTraced({
    // Chance shortens no backoff.
    entropy: { ...seededEntropy(), fraction: () => 0 },
  });
  const graph = graphOf(
    { a: {}, b: { retry: { attempts: 2, backoffSeconds: 4 } }, c: { needs: ["b"] }, d: { needs: ["b"] } },
    { concurrency: 1 },
  );
  const run = await runtime.start(graph);
  await clock.advanceBy(3_000);
  executor.end("a", succeeded());
  await clock.advanceBy(500);
  executor.end("b", failed());
  await clock.advanceBy(4_000);
  executor.end("b", failed());
  await run.outcome();
  await settle();

  const step = "graph.name=g step.kind=command";
  const attempt = (outcome: string): string => `attempt.outcome=${outcome} ${step}`;
  expect(await telemetry.figures("runfold.runs.started")).toEqual({ "graph.name=g is_fork=false": 1 });
  expect(await telemetry.figures("runfold.runs.ended")).toEqual({ "graph.name=g run.status=mixed": 1 });
  expect(await telemetry.figures("runfold.run.duration")).toEqual({ "graph.name=g run.status=mixed": [1, 7.5] });
  expect(await telemetry.figures("runfold.attempts.ended")).toEqual({
    [attempt("succeeded")]: 1,
    [attempt("failed")]: 2,
  });
  expect(await telemetry.figures("runfold.attempt.duration")).toEqual({
    [attempt("succeeded")]: [1, 3],
    [attempt("failed")]: [2, 0.5],
  });
  // `b` was ready from the start, and had to wait for `a`; its retry started when it was due.
  expect(await telemetry.figures("runfold.slot.wait")).toEqual({ [step]: [3, 3] });
  expect(await telemetry.figures("runfold.retries")).toEqual({ [`error.type=thrown ${step}`]: 1 });
  expect(await telemetry.figures("runfold.steps.blocked")).toEqual({ [step]: 2 });
  expect(telemetry.span("step a").attributes["runfold.attempt.wait_ms"]).toBe(0);
  const [first] = telemetry.spans.filter(({ name }) => name === "step b");
  expect(first?.attributes["runfold.attempt.wait_ms"]).toBe(3_000);
});

test("a wait for a slot is counted from the end of the last dependency", async () => {
  const { runtime, telemetry, clock, executor } = await openTraced();
  const run = await runtime.start(graphOf({ a: {}, b: {}, c: { needs: ["a"], after: ["b"] } }, { concurrency: 2 }));
  await clock.advanceBy(1_000);
  executor.end("a", succeeded());
  await clock.advanceBy(1_000);
  executor.end("b", failed());
  await clock.advanceBy(1_000);
  executor.end("c", succeeded());
  await run.outcome();
  expect(telemetry.span("step c").attributes["runfold.attempt.wait_ms"]).toBe(0);
});
