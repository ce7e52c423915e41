import { ROOT_CONTEXT } from "@opentelemetry/api";
import { expect, test } from "vitest";
import { derivedIds, traceJournal } from "runfold/otel";
import { failed, succeeded } from "runfold/testing";
import { factsOf, millis, Telemetry } from "../../../../support/telemetry.ts";
import { graphOf, openTraced, recordedOf } from "./world.ts";

const graph = graphOf({
  a: { retry: { attempts: 2, backoffSeconds: 1 } },
  b: { needs: ["a"], after: ["c"] },
  c: {},
  d: { needs: ["c"] },
});

async function played() {
  const ids = derivedIds();
  const world = await openTraced({ ids });
  const { runtime, clock, executor, settle } = world;
  const run = await runtime.start(graph, { id: "x" });
  await settle();
  executor.end("a", failed());
  executor.end("c", failed("No.", { final: true }));
  await clock.advanceBy(1_000);
  executor.end("a", succeeded());
  await clock.advanceBy(7);
  executor.end("b", succeeded());
  await run.outcome();
  return { ...world, run };
}

test("the trace of a recorded journal is that of the live run: same ids, same times, same facts", async () => {
  const { telemetry: live, run } = await played();
  const ids = derivedIds();
  const again = new Telemetry(ids);
  const { tracerProvider } = again;
  const recorded = await recordedOf(run);
  expect(await traceJournal(recorded, { tracerProvider, ids })).toBe(recorded.length);
  expect(again.spans.map(factsOf)).toEqual(live.spans.map(factsOf));
  const idsOf = ({ spans }: Telemetry) => spans.map((span) => [span.spanContext().traceId, span.spanContext().spanId]);
  expect(idsOf(again)).toEqual(idsOf(live));
  // It may be read as it comes, and long before this process began.
  const early = recorded.map(({ at, ...rest }) => ({ ...rest, at: at - 1_699_999_999_000 }));
  const old = new Telemetry();
  await traceJournal(early, { tracerProvider: old.tracerProvider, context: ROOT_CONTEXT });
  expect(millis(old.span("run g").startTime)).toBe(1_000);
  await old.close();
});

test("a journal that stops before its run does is marked, and all of its spans end with it", async () => {
  const { run } = await played();
  const telemetry = new Telemetry();
  const recorded = await recordedOf(run);
  const cut = recorded.findIndex(({ event }) => event.type === "step.retryDue");
  await traceJournal(recorded.slice(0, cut - 1), telemetry);
  expect(telemetry.span("run g").attributes).toMatchObject({ "runfold.is_incomplete": true });
  await traceJournal(run.events(), telemetry);
  expect(telemetry.roots).toHaveLength(2);
});

test("the journal of a fork gives two traces, that of its past as far as it goes", async () => {
  const { runtime, executor, settle, clock } = await openTraced();
  const run = await runtime.start(graph, { id: "x" });
  await settle();
  executor.end("c", succeeded());
  await settle();
  const fork = await runtime.fork("x", { at: run.snapshot().position, id: "y" });
  await settle();
  for (const step of ["a", "d"]) {
    executor.end(step, succeeded(), "y");
    await clock.advanceBy(1);
  }
  executor.end("b", succeeded(), "y");
  await fork.outcome();
  const telemetry = new Telemetry();
  await traceJournal(fork.events(), telemetry);
  const [past, mine] = telemetry.roots;
  expect([past?.attributes["runfold.run.id"], past?.attributes["runfold.is_incomplete"]]).toEqual(["x", true]);
  expect([mine?.attributes["runfold.run.id"], mine?.attributes["runfold.run.status"]]).toEqual(["y", "succeeded"]);
  expect(mine?.links[0]?.context.spanId).toBe(past?.spanContext().spanId);
});
