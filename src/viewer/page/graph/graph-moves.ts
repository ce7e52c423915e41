import type { GraphLayout } from "./drawing.ts";

const keys = ["ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown", "Home", "End"];

export function isMove(key: string): boolean {
  return keys.includes(key);
}

/**
 * Where a key leads from a step: left and right along the edges, to the nearest of the steps that it depends on or that depend on it;
 * up and down within its column; Home and End to the first and the last as declared. Undefined where there is nothing.
 */
export function moveTo(layout: GraphLayout, from: number | undefined, key: string): number | undefined {
  const { places, edges } = layout;
  if (from === undefined || key === "Home") return places.length === 0 ? undefined : 0;
  if (key === "End") return places.length - 1;
  const here = places[from]!;
  if (key === "ArrowLeft") return nearest(edges.flatMap((edge) => (edge.to === from ? [edge.from] : [])));
  if (key === "ArrowRight") return nearest(edges.flatMap((edge) => (edge.from === from ? [edge.to] : [])));
  const side = key === "ArrowUp" ? -1 : 1;
  const column = places.flatMap((place, number) =>
    place.column === here.column && (place.y - here.y) * side > 0 ? [number] : [],
  );
  return nearest(column);

  function nearest(numbers: readonly number[]): number | undefined {
    let best: number | undefined;
    for (const number of numbers) {
      if (best === undefined || distance(number) < distance(best)) best = number;
    }
    return best;
  }

  function distance(number: number): number {
    return Math.abs(places[number]!.y - here.y);
  }
}
