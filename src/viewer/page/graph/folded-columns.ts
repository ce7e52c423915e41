import { viewerPageLimits } from "../../../domain/viewer-page-limits.ts";
import { gaps, nodeSize, type GraphLayout, type Place } from "./drawing.ts";

type Places = Pick<GraphLayout, "places" | "width" | "height">;

/**
 * Makes a drawing that is far too high or too long fit to be read. A column with too many steps goes on in columns beside it; columns
 * that make a line many times as long as the drawing is high go on in a line below, as words do.
 */
export function foldedColumns(
  along: Float64Array,
  across: Float64Array,
  size: { readonly width: number; readonly height: number },
): Places {
  const columns = columnsOf(along, across);
  const { viewerColumnStepsMax: stepsMax, viewerAspectMax: aspectMax } = viewerPageLimits;
  const isTooHigh = columns.some((column) => column.length > stepsMax);
  const isTooLong = size.width > size.height * aspectMax * 4 && columns.length > 12;
  if (isTooHigh || isTooLong) return packed(columns, isTooHigh ? stepsMax : undefined, along.length);
  const places: Place[] = Array.from(along, (x, number) => ({ x, y: across[number]!, column: 0 }));
  columns.forEach((column, index) => {
    for (const number of column) places[number] = { ...places[number]!, column: index };
  });
  return { places, width: size.width, height: size.height };
}

/** The steps of each column from top to bottom, columns from left to right. */
function columnsOf(along: Float64Array, across: Float64Array): number[][] {
  const columns = new Map<number, number[]>();
  along.forEach((x, number) => {
    const key = Math.round(x);
    const column = columns.get(key);
    if (column === undefined) columns.set(key, [number]);
    else column.push(number);
  });
  return [...columns]
    .toSorted(([one], [other]) => one - other)
    .map(([, numbers]) => numbers.toSorted((one, other) => across[one]! - across[other]!));
}

function packed(columns: readonly (readonly number[])[], stepsMax: number | undefined, count: number): Places {
  const narrow = stepsMax === undefined ? columns : columns.flatMap((column) => cutEvenly(column, stepsMax));
  const stepX = nodeSize.width + gaps.column;
  const stepY = nodeSize.height + gaps.row;
  const highest = Math.max(...narrow.map((column) => column.length));
  // So many lines that the whole is about as many times as wide as high as a screen is.
  const bandHeight = highest * stepY + gaps.column;
  const bands = Math.max(1, Math.round(Math.sqrt((narrow.length * stepX) / (bandHeight * 2.2))));
  const perBand = Math.ceil(narrow.length / bands);
  const places = Array.from<Place>({ length: count });
  narrow.forEach((column, index) => {
    const band = Math.floor(index / perBand);
    const x = (index % perBand) * stepX + nodeSize.width / 2;
    const top = band * bandHeight + ((highest - column.length) * stepY) / 2;
    column.forEach((number, row) => {
      places[number] = { x, y: top + row * stepY + nodeSize.height / 2, column: index };
    });
  });
  return { places, width: perBand * stepX - gaps.column, height: bands * bandHeight - gaps.column };
}

function cutEvenly(column: readonly number[], most: number): number[][] {
  const parts = Math.ceil(column.length / most);
  const size = Math.ceil(column.length / parts);
  return Array.from({ length: parts }, (_, part) => column.slice(part * size, (part + 1) * size));
}
