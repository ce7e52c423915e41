import { describe, expect, it } from "vitest";
import type { GraphDocument } from "../../../../src/domain/graph-document.ts";
import { viewerPageLimits } from "../../../../src/domain/viewer-page-limits.ts";
import { nodeSize, type GraphLayout } from "../../../../src/viewer/page/graph/drawing.ts";
import { layOut } from "../../../../src/viewer/page/graph/graph-layout.ts";
import { moveTo } from "../../../../src/viewer/page/graph/graph-moves.ts";
import { chain, fanOut, layered, type Shape } from "../../../../bench/shapes.ts";
import { releaseStory } from "../../../support/viewer/stories.ts";

function graphOf({ needs }: Shape): GraphDocument {
  const steps = needs.map((parents, number) => ({
    id: `s${number}`,
    task: "x",
    needs: parents.map((parent) => `s${parent}`),
  }));
  return { name: "shape", objective: "", steps };
}

/** Pairs of boxes that lie on one another. */
function overlaps({ places }: GraphLayout): number {
  const sorted = places.toSorted((one, other) => one.x - other.x);
  let count = 0;
  sorted.forEach((one, index) => {
    for (let next = index + 1; next < sorted.length && sorted[next]!.x - one.x < nodeSize.width - 1; next++) {
      if (Math.abs(sorted[next]!.y - one.y) < nodeSize.height - 1) count++;
    }
  });
  return count;
}

describe.each([
  ["a chain", chain(1_000)],
  ["a fan", fanOut(1_000)],
  ["layers", layered(1_000)],
  ["one step", chain(1)],
  ["steps without edges", { name: "loose", needs: Array.from({ length: 50 }, () => []) }],
] as const)("the drawing of %s", (_, shape) => {
  const layout = layOut(graphOf(shape));

  it("has every step once, within its bounds, and none on another", () => {
    expect(layout.places).toHaveLength(shape.needs.length);
    expect(overlaps(layout)).toBe(0);
    for (const { x, y } of layout.places) {
      expect(x).toBeGreaterThanOrEqual(nodeSize.width / 2 - 1);
      expect(x).toBeLessThanOrEqual(layout.width - nodeSize.width / 2 + 1);
      expect(y).toBeGreaterThanOrEqual(nodeSize.height / 2 - 1);
      expect(y).toBeLessThanOrEqual(layout.height - nodeSize.height / 2 + 1);
    }
  });

  it("can be read as a whole: it is neither a thread nor a tower", () => {
    if (shape.needs.length < 100) return;
    expect(layout.width / layout.height).toBeGreaterThan(1 / 4);
    expect(layout.width / layout.height).toBeLessThan(viewerPageLimits.viewerAspectMax * 2);
  });

  it("has every edge, from what is needed to what needs it", () => {
    expect(layout.edges).toHaveLength(shape.needs.reduce((sum, parents) => sum + parents.length, 0));
  });
});

it("puts what is needed to the left of what needs it, where nothing had to be folded", () => {
  const layout = layOut(releaseStory().graph);
  for (const { from, to } of layout.edges) expect(layout.places[from]!.x).toBeLessThan(layout.places[to]!.x);
  expect(overlaps(layout)).toBe(0);
});

it("goes along edges and within columns by keys, and comes to every step", () => {
  const layout = layOut(releaseStory().graph);
  const reached = new Set<number>([0]);
  for (const number of reached) {
    for (const key of ["ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown"]) {
      const next = moveTo(layout, number, key);
      if (next !== undefined) reached.add(next);
    }
  }
  expect(reached.size).toBe(layout.places.length);
  expect(moveTo(layout, undefined, "ArrowUp")).toBe(0);
  expect(moveTo(layout, 3, "End")).toBe(layout.places.length - 1);
});
