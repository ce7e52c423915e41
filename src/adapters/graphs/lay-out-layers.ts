import type { DrawnEdge } from "./drawn-edges.ts";
import type { Box, Layout, Point, Size } from "./layout.ts";

const gapX = 24;
const gapY = 48;
const margin = 16;

/** The layer of every step: 0 without dependencies, else one below its lowest dependency. The edges are those of a DAG. */
export function layersOf(steps: number, edges: readonly DrawnEdge[]): number[] {
  const layers = Array.from({ length: steps }, () => 0);
  const waits = Array.from({ length: steps }, () => 0);
  const next: number[][] = Array.from({ length: steps }, () => []);
  for (const { from, to } of edges) {
    next[from]?.push(to);
    waits[to] = (waits[to] ?? 0) + 1;
  }
  const free = waits.flatMap((count, step) => (count === 0 ? [step] : []));
  for (const step of free) {
    for (const later of next[step] ?? []) {
      layers[later] = Math.max(layers[later] ?? 0, (layers[step] ?? 0) + 1);
      waits[later] = (waits[later] ?? 0) - 1;
      if (waits[later] === 0) free.push(later);
    }
  }
  return layers;
}

/** Places boxes layer by layer in the order of the steps, with straight lines: plain, but quick for any DAG. */
export function layOutLayers(sizes: readonly Size[], edges: readonly DrawnEdge[]): Layout {
  const rows: number[][] = [];
  for (const [step, layer] of layersOf(sizes.length, edges).entries()) (rows[layer] ??= []).push(step);
  const widths = rows.map((row) => row.reduce((sum, step) => sum + (sizes[step]?.width ?? 0) + gapX, -gapX));
  const inner = widths.reduce((widest, width) => Math.max(widest, width), 0);
  const boxes: Box[] = [];
  let top = margin;
  for (const [layer, row] of rows.entries()) {
    let left = margin + (inner - (widths[layer] ?? 0)) / 2;
    let tallest = 0;
    for (const step of row) {
      const { width, height } = sizes[step] ?? { width: 0, height: 0 };
      boxes[step] = { x: left + width / 2, y: top + height / 2, width, height };
      left += width + gapX;
      tallest = Math.max(tallest, height);
    }
    top += tallest + gapY;
  }
  const lines = edges.map(({ from, to }) => lineBetween(boxes[from], boxes[to]));
  return { width: Math.ceil(inner + 2 * margin), height: Math.ceil(top - gapY + margin), boxes, lines };
}

function lineBetween(upper: Box | undefined, lower: Box | undefined): readonly Point[] {
  if (upper === undefined || lower === undefined) return [];
  return [
    { x: upper.x, y: upper.y + upper.height / 2 },
    { x: lower.x, y: lower.y - lower.height / 2 },
  ];
}
