import { expect, test } from "vitest";
import type { Behaviour, Scenario } from "../../support/run-arbitrary.ts";
import { graphOf, openRunWorld, runDry } from "../../support/run-world.ts";

/** Smallest runs that once showed a fault, as property tests found them. */

const fails: Behaviour = { ends: "fails", tells: false, afterMs: 5, stopped: "fails", stopsAfterMs: 0, jitter: 0 };

function scenarioOf(steps: Scenario["graph"]["steps"], behaviours: readonly Behaviour[]): Scenario {
  return {
    graph: { name: "graph", objective: "To be repeated.", steps },
    behaviours: behaviours.map((behaviour) => [behaviour]),
    extras: [],
  };
}

test("a wait that goes on from the very event that it is called at is not woken by that event again", async () => {
  const scenario = scenarioOf(
    [
      { id: "s0", task: "s0" },
      { id: "s1", task: "s1" },
    ],
    [fails, { ...fails, afterMs: 20 }],
  );
  const world = openRunWorld(scenario);
  const { runtime, clock } = world;
  const run = await runtime.start(graphOf(scenario), { id: "main" });
  const receipts: unknown[] = [];
  run.events$.subscribe(({ event, cursor }) => {
    if (event.type !== "step.failed" || event.step !== "s0") return;
    void run.wait({ after: cursor }).then(({ woke, event: by }) => receipts.push([woke, by?.event.type]));
  });
  await clock.advanceBy(10);
  expect(receipts, "nothing has happened since").toEqual([]);
  await runDry(world);
  expect(receipts).toEqual([["end", "step.failed"]]);
  await runtime.close();
});

test("a wait from the snapshot, begun in the middle of a batch, is not woken by the rest of that batch", async () => {
  const scenario = scenarioOf(
    [
      { id: "s0", task: "s0" },
      { id: "s1", task: "s1", needs: ["s0"] },
      { id: "s2", task: "s2" },
    ],
    [fails, fails, { ...fails, afterMs: 20 }],
  );
  const world = openRunWorld(scenario);
  const { runtime, clock } = world;
  const run = await runtime.start(graphOf(scenario), { id: "main" });
  const receipts: string[] = [];
  run.events$.subscribe(({ event }) => {
    if (event.type !== "step.failed" || event.step !== "s0") return;
    void run.wait({ after: run.snapshot().cursor }).then(({ woke }) => receipts.push(woke));
  });
  await clock.advanceBy(10);
  expect(receipts, "the block of s1 was in the snapshot").toEqual([]);
  await runDry(world);
  expect(receipts).toEqual(["end"]);
  await runtime.close();
});

test("an error that a journal throws as it is, is told as the journal's, not as one of Runfold's own", async () => {
  const scenario = scenarioOf([{ id: "s0", task: "s0" }], [fails]);
  const world = openRunWorld(scenario);
  const run = await world.runtime.start(graphOf(scenario), { id: "main" });
  const cause = new TypeError("The disk went away.");
  world.journal.failAppend(world.journal.appends + 1, { error: cause });
  const ends = Promise.allSettled([run.outcome(), run.wait({ until: "end" }), run.cancel()]);
  await runDry(world);
  for (const end of await ends) {
    expect(end).toMatchObject({ status: "rejected", reason: { code: "journal.failed", cause } });
  }
  await world.runtime.close();
});
