import * as fc from "fast-check";
import { expect, test } from "vitest";
import { faultsOf } from "../support/told-text.ts";
import { teamInput, teamStep, teamWorld } from "../unit/tool/team-world.ts";

const names =
  "action runId stepId cursor waitSeconds maxBytes preview debugEvents channel text clientMessageId reason library graph graphFile options kind objective steps __proto__".split(
    " ",
  );
const actions = ["catalog", "start", "run_status", "step_result", "message", "cancel", "cleanup"];
const texts = ["r1", "r2", "r0", "a", "z", "steer", "follow_up", "", " ", "\0", "../x.json"];
const graphs = [{}, { steps: [] }, teamInput([teamStep("a")]), teamInput([teamStep("a", { needs: ["a"] })])];
const likely = fc.constantFrom<unknown>(...texts, ...graphs, 0, 1, 60, 1e9, -1, 0.5, true, false, null, []);
const value = fc.oneof({ weight: 4, arbitrary: likely }, { weight: 1, arbitrary: fc.anything({ maxDepth: 3 }) });
const input = fc.oneof(
  { weight: 1, arbitrary: fc.anything() },
  {
    weight: 8,
    arbitrary: fc
      .tuple(
        fc.constantFrom<unknown>(...actions, undefined, "run"),
        fc.dictionary(fc.constantFrom(...names), value, { maxKeys: 6 }),
      )
      .map(([action, rest]): unknown => ({ ...rest, ...(action === undefined ? {} : { action }) })),
  },
);

test("whatever the input is, the tool answers, well formed and within its limits", { timeout: 120_000 }, async () => {
  const world = await teamWorld();
  await world.start([teamStep("a")]);
  await fc.assert(
    fc.asyncProperty(input, async (given) => {
      const calling = world.tool.call(given, { session: "one" });
      await world.clock.advanceBy(60_000);
      const { ok, text, details } = await calling;
      expect(faultsOf(text)).toEqual([]);
      expect([details.kind, details.ok, details.error === undefined]).toEqual(["agent_team", ok, ok]);
      expect([...actions, "missing/invalid"]).toContain(details.action);
      for (const { code, message, path } of details.diagnostics) {
        expect([code, message].every((one) => one !== "") && path.startsWith("/")).toBe(true);
      }
    }),
    { numRuns: 1_500 },
  );
});
