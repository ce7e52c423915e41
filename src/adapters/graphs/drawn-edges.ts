import type { GraphDocument } from "../../domain/graph-document.ts";

/** One line of a drawing, from the step that comes first to the one that waits for it, both as indexes. */
export interface DrawnEdge {
  readonly from: number;
  readonly to: number;
  readonly kind: "needs" | "after";
}

/** What a drawing shows of the dependencies. A step that is in `needs` and in `after` gets one line: needing says more. */
export function drawnEdgesOf({ steps }: GraphDocument): DrawnEdge[] {
  const indexes = new Map(steps.map(({ id }, index) => [id, index]));
  const edges: DrawnEdge[] = [];
  for (const [to, { needs = [], after = [] }] of steps.entries()) {
    const needed = new Set(needs);
    const others = new Set(after.filter((id) => !needed.has(id)));
    for (const id of needed) edges.push({ from: indexes.get(id) ?? 0, to, kind: "needs" });
    for (const id of others) edges.push({ from: indexes.get(id) ?? 0, to, kind: "after" });
  }
  return edges;
}

/** The steps that no other one waits for: their results are the results of the run. */
export function sinksOf({ steps }: GraphDocument): ReadonlySet<number> {
  const named = new Set(steps.flatMap(({ needs = [], after = [] }) => [...needs, ...after]));
  return new Set(steps.flatMap(({ id }, index) => (named.has(id) ? [] : [index])));
}
