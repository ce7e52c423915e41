import { expect, onTestFinished, test } from "vitest";
import { defineGraph, openRuntime, step, command } from "runfold";
import { failed, scriptedExecutor, succeeded, virtualClock } from "runfold/testing";
import { countedJournal } from "../../support/counted-journal.ts";
import { warningsDuring } from "../../support/warnings.ts";

const graph = defineGraph("crowd", {
  objective: "Be waited for.",
  steps: ["a", "b", "c"].map((id) => step(id, { run: command("true") })),
});

/** What it costs that so many wait at once, all with one signal, by what they read; and what woke each of them. */
async function crowd(waits: number) {
  const { journal, counts } = countedJournal();
  const executor = scriptedExecutor();
  const clock = virtualClock({ startMs: 1_000 });
  const runtime = await openRuntime({ journal, clock, executors: [executor] });
  onTestFinished(() => runtime.close());
  const run = await runtime.start(graph, { id: "r1" });
  await clock.advanceBy(0);
  const woken: string[] = [];
  const { signal } = new AbortController();
  const before = { ...counts };
  const waiting = Array.from({ length: waits }, async (_, index) => {
    const target = ["a", "b", undefined][index % 3];
    const { woke, event } = await run.wait({ signal, ...(target === undefined ? {} : { step: target }) });
    woken.push(
      `${target ?? "run"} ${woke} ${event?.event.type} ${event !== undefined && "step" in event.event ? event.event.step : ""}`,
    );
  });
  await clock.advanceBy(0);
  executor.end("a", failed());
  await clock.advanceBy(0);
  const first = woken.splice(0);
  executor.end("b", succeeded());
  await Promise.all(waiting);
  return { first, second: woken, reads: counts.reads - before.reads, commits: counts.commits - before.commits };
}

test("two hundred waits on one run wake once each, for their own reason, at a cost that grows with their number alone", async () => {
  const warnings = await warningsDuring(async () => {
    const [few, many] = [await crowd(51), await crowd(204)];
    expect(many.first).toHaveLength(136);
    expect(new Set(many.first)).toEqual(new Set(["a end step.failed a", "run event step.failed a"]));
    expect(many.second).toHaveLength(68);
    expect(new Set(many.second)).toEqual(new Set(["b end step.succeeded b"]));
    expect(many.reads).toBeLessThanOrEqual(204);
    expect(many.commits).toBeLessThanOrEqual(few.commits * 4);
  });
  expect(warnings).toEqual([]);
});
