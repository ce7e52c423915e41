import { describe, expect, test } from "vitest";
import { succeeded } from "runfold/testing";
import type { TeamUpdate } from "runfold/tool";
import { eventually } from "../../support/eventually.ts";
import { unhandledDuring } from "../../support/unhandled.ts";
import { teamStep, teamWorld } from "./team-world.ts";

const three = [teamStep("a"), teamStep("b"), teamStep("c", { needs: ["a"] })];
const wait = { action: "run_status", runId: "r1", waitSeconds: 60 };

describe("whoever watches a wait", () => {
  test("is told the last state though it came right after another, with nothing after it", async () => {
    const world = await teamWorld();
    await world.start(three);
    const told: TeamUpdate[] = [];
    const waiting = world.call(wait, { session: "one", onUpdate: (update) => void told.push(update) });
    await world.settle();
    expect(told.at(-1)?.details.run?.counts.succeeded).toBe(0);
    world.executor.end("a", succeeded("A"));
    await world.settle();
    await eventually(() => told.at(-1)?.details.run?.counts.succeeded === 1, "the success of a was told");
    world.executor.end("b", succeeded("B"));
    await waiting;
  });

  test.each<[string, () => unknown]>([
    [
      "throws",
      () => {
        throw new Error("The window is gone.");
      },
    ],
    ["rejects", () => Promise.reject(new Error("The window is gone."))],
  ])("and %s is told no more, which the result says; the run says nothing of it", async (_what, onUpdate) => {
    const world = await teamWorld();
    await world.start(three);
    let calls = 0;
    const unhandled = await unhandledDuring(async () => {
      const waiting = world.call(wait, { session: "one", onUpdate: () => (calls++, onUpdate()) });
      await world.settle();
      world.executor.end("b", succeeded("B"));
      const { ok, details } = await waiting;
      expect([ok, details.wait?.outcome]).toEqual([true, "material-event"]);
      expect(details.diagnostics).toMatchObject([
        {
          code: "run-ui-callback-failed",
          severity: "warning",
          message: expect.stringContaining("The window is gone."),
        },
      ]);
    });
    expect([unhandled, calls]).toEqual([[], 1]);
    const { details } = await world.call({ action: "run_status", runId: "r1", debugEvents: true });
    expect([details.diagnostics, details.events.filter(({ type }) => type === "diagnostic")]).toEqual([[], []]);
  });
});
