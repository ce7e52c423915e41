import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { stepTreeOf } from "../../../src/cli/step-tree.ts";
import type { StepDocument } from "../../../src/domain/graph-document.ts";

function treeOf(steps: readonly Partial<StepDocument>[]): string[] {
  const complete = steps.map((step, index) => ({ id: `s${index}`, shell: ":", ...step }));
  return stepTreeOf({ name: "g", objective: "o", steps: complete }).map(({ step, guide }) => `${guide}${step}`);
}

describe("a graph as a tree", () => {
  it("hangs each step below the deepest of those that it waits for", () => {
    const tree = treeOf([{}, { needs: ["s0"] }, {}, { needs: ["s0"], after: ["s1", "s2"] }, { needs: ["s0"] }]);
    expect(tree).toEqual(["s0", "├─ s1", "│  └─ s3", "└─ s4", "s2"]);
  });

  it("takes steps in whatever order they are declared", () => {
    expect(treeOf([{ needs: ["s1"] }, { needs: ["s2"] }, {}])).toEqual(["s2", "└─ s1", "   └─ s0"]);
  });

  it("has every step once, below one that it waits for", () => {
    const graphs = fc
      .array(fc.array(fc.nat(), { maxLength: 4 }), { minLength: 1, maxLength: 30 })
      .map((rows) =>
        rows.map((picks, index) =>
          index === 0 ? {} : { needs: [...new Set(picks.map((pick) => `s${pick % index}`))] },
        ),
      );
    fc.assert(
      fc.property(graphs, (steps) => {
        const ids = treeOf(steps).map((line) => line.replace(/^[│├└─ ]*/, ""));
        expect(ids.toSorted()).toEqual(steps.map((_, index) => `s${index}`).toSorted());
      }),
    );
  });
});
