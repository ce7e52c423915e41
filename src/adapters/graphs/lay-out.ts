import type { DrawnEdge } from "./drawn-edges.ts";
import type { Box, Layout, Point, Size } from "./layout.ts";
import { layersOf, layOutLayers } from "./lay-out-layers.ts";

const stepsOfNetworkSimplexMax = 300;

/** The library recurses from layer to layer, so a long chain would exhaust its stack. */
const layersMax = 400;
/** It also puts a point where an edge crosses a layer. With more boxes and points than this it can take ten seconds. */
const pointsMax = 2_500;

/** Places boxes in layers from top to bottom, with few crossings unless the graph is too deep or too dense for that. */
export async function layOut(sizes: readonly Size[], edges: readonly DrawnEdge[]): Promise<Layout> {
  const layers = layersOf(sizes.length, edges);
  const depth = layers.reduce((deepest, layer) => Math.max(deepest, layer + 1), 0);
  const crossed = edges.reduce((sum, { from, to }) => sum + (layers[to] ?? 0) - (layers[from] ?? 0), 0);
  return depth > layersMax || sizes.length + crossed > pointsMax
    ? layOutLayers(sizes, edges)
    : layOutFinely(sizes, edges);
}

/** The library is loaded here, so that only drawing pays for it. */
async function layOutFinely(sizes: readonly Size[], edges: readonly DrawnEdge[]): Promise<Layout> {
  const { Graph, layout } = await import("@dagrejs/dagre");
  const graph = new Graph({ multigraph: true });
  graph.setGraph({
    rankdir: "TB",
    nodesep: 24,
    ranksep: 48,
    marginx: 16,
    marginy: 16,
    // The best ranking takes too long for large graphs, where the difference does not show.
    ranker: sizes.length > stepsOfNetworkSimplexMax ? "longest-path" : "network-simplex",
  });
  graph.setDefaultEdgeLabel(() => ({}));
  for (const [index, { width, height }] of sizes.entries()) graph.setNode(String(index), { width, height });
  for (const [index, { from, to }] of edges.entries()) graph.setEdge(String(from), String(to), {}, String(index));
  layout(graph);
  const { width = 0, height = 0 } = graph.graph() as Partial<Size>;
  return {
    width: Math.ceil(width),
    height: Math.ceil(height),
    boxes: sizes.map((_, index) => graph.node(String(index)) as Box),
    lines: edges.map(({ from, to }, index) => {
      const { points } = graph.edge(String(from), String(to), String(index)) as { points?: Point[] };
      return points ?? [];
    }),
  };
}
