import * as fc from "fast-check";
import { expect, test } from "vitest";
import { StepTable } from "../../src/projections/step-list.ts";
import { pendingStep } from "../../src/projections/step-snapshot.ts";
import { mustBe } from "../support/must-be.ts";

/** Three chunks and a bit, so that some change and others do not. */
const size = 200;

test("a list of steps stays as it was taken, whatever its table goes through afterwards", () => {
  const changes = fc.array(fc.oneof(fc.constant("snapshot" as const), fc.nat({ max: size - 1 })), { size: "large" });
  fc.assert(
    fc.property(changes, (actions) => {
      const steps = Array.from({ length: size }, (_step, number) => pendingStep({ id: `s${number}`, task: "any" }));
      const table = new StepTable(steps, new Map(steps.map(({ id }, number) => [id, number])));
      const model = steps.map(({ attempt }) => attempt);
      const taken: { readonly list: ReturnType<StepTable["snapshot"]>; readonly expected: string }[] = [];
      for (const action of actions) {
        if (action === "snapshot") taken.push({ list: table.snapshot(), expected: model.join() });
        else {
          model[action]!++;
          table.set(action, { ...table.at(action), attempt: model[action]! });
          mustBe(table.at(action).attempt, model[action], "the step in the table");
        }
      }
      for (const { list, expected } of taken) expect(Array.from(list, ({ attempt }) => attempt).join()).toBe(expected);
    }),
    { numRuns: 50 },
  );
});
