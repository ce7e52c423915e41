import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { StepSnapshot } from "runfold";
import { StepTable } from "../../../src/projections/step-list.ts";
import type { StepList } from "../../../src/projections/step-list.ts";
import { pendingStep } from "../../../src/projections/step-snapshot.ts";

function tableOf(size: number): { table: StepTable; steps: StepSnapshot[] } {
  const steps = Array.from({ length: size }, (_, number) => pendingStep({ id: `s${number}`, task: "t" }));
  return { table: new StepTable(steps, new Map(steps.map(({ id }, number) => [id, number]))), steps };
}

const changed = (step: StepSnapshot, activity: string): StepSnapshot => ({ ...step, activity });

describe.each([0, 1, 63, 64, 65, 1_000])("a list of %d steps", (size) => {
  test("has each step at its number and under its id, and nothing beside", () => {
    const { table, steps } = tableOf(size);
    const list = table.snapshot();
    expect([...list]).toEqual(steps);
    expect(list.toJSON()).toEqual(steps);
    expect(steps.every((step, number) => list.at(number) === step && list.get(step.id) === step)).toBe(true);
    const outside = [-1, size, size + 64, 2 ** 32, 2 ** 32 + 1, Number.NaN, Number.POSITIVE_INFINITY];
    expect(outside.map((number) => list.at(number))).toEqual(outside.map(() => undefined));
    expect([list.get("nobody"), list.get("__proto__"), list.length]).toEqual([undefined, undefined, size]);
  });

  test.runIf(size > 0)("stays as it is when the table changes", () => {
    const { table, steps } = tableOf(size);
    const before = table.snapshot();
    table.set(size - 1, changed(steps[size - 1]!, "new"));
    const after = table.snapshot();
    expect([before.at(size - 1)!.activity, after.at(size - 1)!.activity]).toEqual(["", "new"]);
    expect([...before]).toEqual(steps);
  });
});

test("steps that did not change are the same objects in later lists", () => {
  const { table, steps } = tableOf(1_000);
  const before = [...table.snapshot()];
  table.set(500, changed(steps[500]!, "new"));
  const after = [...table.snapshot()];
  expect(after.filter((step, number) => step !== before[number]).map(({ id }) => id)).toEqual(["s500"]);
});

test("any changes and lists in any order agree with plain copied arrays, and old lists never change", () => {
  const action = fc.option(fc.tuple(fc.nat(199), fc.string({ maxLength: 3 })), { nil: "list" as const });
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 200 }), fc.array(action, { maxLength: 100 }), (size, actions) => {
      const { table, steps } = tableOf(size);
      const model = [...steps];
      const taken: { readonly list: StepList; readonly expected: readonly StepSnapshot[] }[] = [];
      for (const one of actions) {
        if (one === "list") {
          taken.push({ list: table.snapshot(), expected: [...model] });
          continue;
        }
        const number = one[0] % size;
        model[number] = changed(model[number]!, one[1]);
        table.set(number, model[number]);
        expect(table.at(number)).toBe(model[number]);
      }
      taken.push({ list: table.snapshot(), expected: model });
      for (const { list, expected } of taken) {
        expect([...list].every((step, number) => step === expected[number])).toBe(true);
        expect(list.length).toBe(expected.length);
      }
    }),
  );
});
