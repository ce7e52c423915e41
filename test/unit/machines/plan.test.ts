import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { StepDocument } from "../../../src/domain/graph-document.ts";
import { limits } from "../../../src/domain/limits.ts";
import { degree, milliseconds, planOf } from "../../../src/machines/plan.ts";
import type { Edges } from "../../../src/machines/plan.ts";
import { graphOf, stepOf } from "../../support/given-run.ts";

const targetsOf = ({ offsets, targets }: Edges, from: number): number[] => [
  ...targets.subarray(offsets[from], offsets[from + 1]),
];

/** Random graphs: each step depends on steps declared anywhere, by number, as often as it likes. */
const graphs = fc
  .array(fc.record({ needs: fc.array(fc.nat(), { maxLength: 4 }), after: fc.array(fc.nat(), { maxLength: 3 }) }), {
    minLength: 1,
    maxLength: 20,
  })
  .map((rows) => {
    const name = (number: number): string => `s${number % rows.length}`;
    return graphOf(
      rows.map(({ needs, after }, number) => stepOf(`s${number}`, { needs: needs.map(name), after: after.map(name) })),
    );
  });

describe("a plan", () => {
  it("numbers steps in declared order, and keeps the order of each step's dependencies", () => {
    const plan = planOf(graphOf([stepOf("c", { needs: ["b", "a"], after: ["b"] }), stepOf("a"), stepOf("b")]));
    expect(["c", "a", "b", "a", "z", "a"].map((id) => plan.numberOf.get(id))).toEqual([0, 1, 2, 1, undefined, 1]);
    expect(targetsOf(plan.needs, 0)).toEqual([2, 1]);
    expect(targetsOf(plan.after, 0)).toEqual([2]);
    expect(targetsOf(plan.neededBy, 2)).toEqual([0]);
    expect(targetsOf(plan.followedBy, 2)).toEqual([0]);
    expect(degree(plan.needs, 1)).toBe(0);
  });

  it("reverses every edge, and lists the dependents of each step in declared order", () => {
    fc.assert(
      fc.property(graphs, (graph) => {
        const plan = planOf(graph);
        for (const [forth, back] of [
          [plan.needs, plan.neededBy],
          [plan.after, plan.followedBy],
        ] as const) {
          const pairs = graph.steps.flatMap((_step, from) => targetsOf(forth, from).map((to) => [from, to]));
          const turned = graph.steps.flatMap((_step, to) => targetsOf(back, to).map((from) => [from, to]));
          expect(turned).toEqual(pairs.toSorted(([a, x], [b, y]) => x! - y! || a! - b!));
        }
      }),
    );
  });

  it("knows the sinks: the steps that no step needs or comes after", () => {
    fc.assert(
      fc.property(graphs, (graph) => {
        const named = new Set(graph.steps.flatMap(({ needs = [], after = [] }: StepDocument) => [...needs, ...after]));
        const sinks = graph.steps.flatMap(({ id }, number) => (named.has(id) ? [] : [number]));
        expect(planOf(graph).sinks).toEqual(sinks);
      }),
    );
  });

  it("is made once for each document", () => {
    const graph = graphOf([stepOf("a")]);
    expect(planOf(graph)).toBe(planOf(graph));
    expect(planOf(graphOf([stepOf("a")]))).not.toBe(planOf(graph));
  });

  it("takes what the graph does not say from the limits", () => {
    const plan = planOf(graphOf([stepOf("a")]));
    expect(plan.concurrency).toBe(limits.concurrencyDefault);
    expect(plan.runMs).toBe(limits.runSecondsDefault * 1_000);
    expect(plan.timeoutsMs[0]).toBe(limits.stepTimeoutSecondsDefault * 1_000);
    expect(plan.retentionMs).toBeUndefined();
  });

  it("takes what the graph says", () => {
    const plan = planOf(
      graphOf([stepOf("a")], { concurrency: 2, maxRunSeconds: 1.5, stepTimeoutSeconds: 0.25, retentionSeconds: 3 }),
    );
    expect([plan.concurrency, plan.runMs, plan.timeoutsMs[0], plan.retentionMs]).toEqual([2, 1_500, 250, 3_000]);
  });

  it("refuses a dependency on a step that the graph does not have", () => {
    expect(() => planOf(graphOf([stepOf("a", { needs: ["b"] })]))).toThrow(
      "step a depends on a step of the graph, not on b",
    );
  });

  it("holds the largest graph there may be, in one pass", () => {
    const count = limits.stepsMax;
    const steps = Array.from({ length: count }, (_none, number) =>
      stepOf(`s${number}`, number === 0 ? {} : { needs: [`s${number - 1}`], after: ["s0"] }),
    );
    const plan = planOf(graphOf(steps));
    expect(plan.sinks).toEqual([count - 1]);
    expect(degree(plan.followedBy, 0)).toBe(count - 1);
    expect(degree(plan.neededBy, count - 2)).toBe(1);
  });

  it("counts time in whole milliseconds, and never in none", () => {
    expect([0.000_1, 0.001, 0.001_6, 1, 86_400].map(milliseconds)).toEqual([1, 1, 2, 1_000, 86_400_000]);
  });
});
