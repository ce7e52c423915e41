import * as fc from "fast-check";
import type { GraphDocument, StepDocument } from "../../src/domain/graph-document.ts";

/** One step before numbering: the parents as any numbers, each with the kind of the edge. `null` is a step that was removed. */
type Row = { readonly parents: readonly (readonly [number, "needs" | "after"])[] } | null;

/**
 * Any DAG of 1 to `stepsMax` steps with `needs` and `after` mixed. Step `n` is called `s<n>` and runs the task of that name.
 *
 * A row names its parents modulo its own index, so every choice of numbers is a DAG; removed rows are taken out afterwards
 * and edges to them dropped. So a failing graph shrinks step by step and edge by edge without being made anew: a planted
 * fault ends in the smallest graph that shows it. Documents are canonical: `parseGraph` gives them back unchanged.
 */
export function graphDocuments({ stepsMax = 20 }: { readonly stepsMax?: number } = {}): fc.Arbitrary<GraphDocument> {
  const parent = fc.tuple(fc.nat(), fc.constantFrom<"needs" | "after">("needs", "after"));
  const row = fc.option(fc.record({ parents: fc.array(parent, { maxLength: 4 }) }));
  return fc.array(row, { minLength: 1, maxLength: stepsMax }).map((rows) => documentOf(rows));
}

function documentOf(rows: readonly Row[]): GraphDocument {
  const numbers = new Map<number, number>();
  for (const [index, row] of rows.entries()) if (row !== null) numbers.set(index, numbers.size);
  const steps = rows.flatMap((row, index) => (row === null ? [] : [stepOf(row.parents, index, numbers)]));
  return { name: "graph", objective: "Any graph.", steps: steps.length === 0 ? [{ id: "s0", task: "s0" }] : steps };
}

function stepOf(
  parents: readonly (readonly [number, "needs" | "after"])[],
  index: number,
  numbers: ReadonlyMap<number, number>,
): StepDocument {
  const lists = { needs: new Set<string>(), after: new Set<string>() };
  for (const [number, kind] of parents) {
    const parent = index === 0 ? undefined : numbers.get(number % index);
    if (parent !== undefined) lists[kind].add(`s${parent}`);
  }
  const id = `s${numbers.get(index) ?? 0}`;
  return {
    id,
    task: id,
    ...(lists.needs.size === 0 ? {} : { needs: [...lists.needs] }),
    ...(lists.after.size === 0 ? {} : { after: [...lists.after] }),
  };
}
