import { expect, test } from "vitest";
import type { Event } from "runfold";
import { evolve } from "../../../src/machines/evolve.ts";
import { initialState } from "../../../src/machines/run-state.ts";
import { summaryOf } from "../../../src/projections/run-summary.ts";
import type { RunSummary } from "../../../src/projections/run-summary.ts";
import { did, graphOf, record, startedRun } from "./events.ts";

const graph = { ...graphOf(["a", "b", { id: "c", task: "c", needs: ["a"] }]), objective: "o".repeat(500) };

function summary(...events: Event[]): RunSummary {
  const state = initialState();
  const recorded = record([startedRun(graph), ...events]);
  for (const { event, at } of recorded) evolve(state, event, at);
  return summaryOf(state, recorded.at(-1)!.at);
}

test("a summary names its run, and cuts the objective", () => {
  expect(summary()).toEqual({
    id: "run",
    life: "life",
    name: "graph",
    objective: "o".repeat(200),
    status: "running",
    startedAt: 100,
    updatedAt: 100,
    steps: { total: 3, running: 0, ended: 0, succeeded: 0 },
  });
});

test("a summary counts what runs, also what is being stopped, and what has ended, however", () => {
  expect(summary(did.start("a"), did.start("b"), did.abort("a")).steps).toMatchObject({ running: 2, ended: 0 });
  const ended = [did.start("a"), did.fail("a"), did.block("c", "a"), did.start("b"), did.succeed("b")];
  expect(summary(...ended).steps).toEqual({ total: 3, running: 0, ended: 3, succeeded: 1 });
  expect(summary(did.start("a"), did.retry("a")).steps).toMatchObject({ running: 0, ended: 0 });
});

test("a summary shows a run out of time as one that is being ended, and an ended one as it ended", () => {
  expect(summary({ type: "run.expired", deadlineAt: 1 }).status).toBe("canceling");
  expect(summary({ type: "run.cancelRequested", reason: "", force: false }).status).toBe("canceling");
  const settled: Event = { type: "run.settled", status: "mixed", cleanupAt: 900 };
  expect(summary(settled)).toMatchObject({ status: "mixed", cleanupAt: 900 });
  expect(summary(settled, { type: "run.cleaned", reason: "" })).toMatchObject({ status: "mixed", isCleaned: true });
});
