import {
  coordGreedy,
  decrossDfs,
  decrossTwoLayer,
  graphStratify,
  layeringLongestPath,
  sugiyama,
  twolayerAgg,
  twolayerGreedy,
  type Decross,
} from "d3-dag";
import type { GraphDocument } from "../../../domain/graph-document.ts";
import { viewerPageLimits } from "../../../domain/viewer-page-limits.ts";
import { gaps, nodeSize, type Edge, type GraphLayout } from "./drawing.ts";
import { foldedColumns } from "./folded-columns.ts";

interface Datum {
  readonly id: string;
  readonly parents: readonly string[];
}

export function edgesOf({ steps }: GraphDocument): Edge[] {
  const numberOf = new Map(steps.map(({ id }, number) => [id, number]));
  return steps.flatMap(({ needs = [], after = [] }, to) => {
    const needed = new Set(needs);
    const all = new Set([...needs, ...after]);
    return [...all].flatMap((id) => {
      const from = numberOf.get(id);
      return from === undefined ? [] : [{ from, to, isNeed: needed.has(id) }];
    });
  });
}

/** Lays a graph out from left to right, in columns of steps that may run at the same time. */
export function layOut(graph: GraphDocument): GraphLayout {
  const edges = edgesOf(graph);
  const parents = graph.steps.map((): string[] => []);
  for (const { from, to } of edges) parents[to]!.push(String(from));
  const data = graph.steps.map((_, number): Datum => ({ id: String(number), parents: parents[number]! }));
  const dag = graphStratify()
    .id(({ id }: Datum) => id)
    .parentIds(({ parents: ids }: Datum) => ids)(data);
  // The library draws from above; here width and height, and x and y, change places.
  const laid = sugiyama()
    .nodeSize([nodeSize.height, nodeSize.width])
    .gap([gaps.row, gaps.column])
    .layering(layeringLongestPath())
    .decross(untangling(graph.steps.length))
    .coord(coordGreedy())(dag);
  const across = new Float64Array(graph.steps.length);
  const along = new Float64Array(graph.steps.length);
  for (const node of dag.nodes()) {
    across[Number(node.data.id)] = node.x;
    along[Number(node.data.id)] = node.y;
  }
  return { edges, ...foldedColumns(along, across, { width: laid.height, height: laid.width }) };
}

/** The work of untangling grows with the square of a layer: for large graphs it is done more coarsely. */
function untangling(steps: number): Decross<Datum, undefined> {
  if (steps > viewerPageLimits.viewerUntangledStepsMax) return decrossDfs();
  if (steps <= 200) return decrossTwoLayer().order(twolayerGreedy().base(twolayerAgg())).passes(8);
  return decrossTwoLayer().order(twolayerAgg()).passes(4);
}
