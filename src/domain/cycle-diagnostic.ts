import type { DependencyKind, DependencyRow } from "./dependency-rows.ts";
import { pointerFrom, type GraphDiagnostic } from "./diagnostic.ts";
import { findCycle, type EdgeTable } from "./find-cycle.ts";
import { quotedText } from "./quoted-text.ts";

/** Steps of a long cycle that the message shows before the gap; the last one is shown after it. */
const shownStepsMax = 10;

/**
 * Describes one cycle over `needs` and `after` together, or returns `undefined` where the steps are a DAG.
 *
 * `a -needs-> b` reads "a needs b". The pointer is the entry that makes the first arrow. Only one cycle is reported:
 * repairing one often opens others, and a list of all of them would be longer than the graph.
 */
export function cycleDiagnostic(
  rows: readonly DependencyRow[],
  indexes: ReadonlyMap<string, number>,
  edges: EdgeTable,
): GraphDiagnostic | undefined {
  const cycle = findCycle(edges);
  const first = cycle?.[0];
  if (cycle === undefined || first === undefined) return undefined;
  const [kind, place] = edgeBetween(rows, indexes, first, cycle[1] ?? first);
  const length = cycle.length === 1 ? "A step waits for itself" : `${cycle.length} steps wait for each other`;
  return {
    code: "dependency-cycle",
    severity: "error",
    message: `${length}: ${pathText(rows, indexes, cycle)}.`,
    pointer: pointerFrom("steps", first, kind, place),
    repair: "Remove one of these dependencies, so that one of the steps can start.",
  };
}

/** The entry of `from` that names `to`; of two, the one in `needs`, which is the stronger. */
function edgeBetween(
  rows: readonly DependencyRow[],
  indexes: ReadonlyMap<string, number>,
  from: number,
  to: number,
): readonly [DependencyKind, number] {
  const names = (entry: unknown): boolean => typeof entry === "string" && indexes.get(entry) === to;
  const needed = rows[from]?.needs.findIndex(names) ?? -1;
  if (needed !== -1) return ["needs", needed];
  return ["after", rows[from]?.after.findIndex(names) ?? -1];
}

function pathText(
  rows: readonly DependencyRow[],
  indexes: ReadonlyMap<string, number>,
  cycle: readonly number[],
): string {
  const nameOf = (index: number): string => {
    const id = rows[index]?.id ?? "";
    return /^[\w-]{1,63}$/.test(id) ? id : quotedText(id);
  };
  const arrowAfter = (place: number): string => {
    const from = cycle[place] ?? 0;
    const [kind] = edgeBetween(rows, indexes, from, cycle[(place + 1) % cycle.length] ?? from);
    return ` -${kind}-> `;
  };
  const abridged = cycle.length > shownStepsMax + 2;
  let text = "";
  for (const [place, index] of cycle.entries()) {
    if (abridged && place === shownStepsMax) text += `… ${cycle.length - shownStepsMax - 1} more … `;
    if (abridged && place >= shownStepsMax && place < cycle.length - 2) continue;
    if (abridged && place === cycle.length - 2) text += arrowAfter(place).trimStart();
    else text += nameOf(index) + arrowAfter(place);
  }
  return text + nameOf(cycle[0] ?? 0);
}
