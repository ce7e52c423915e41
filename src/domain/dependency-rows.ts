import type { EdgeTable } from "./find-cycle.ts";

export type DependencyKind = "needs" | "after";

/** What the checks across steps read of one step; `id` is absent where the step has none that can be read. */
export interface DependencyRow {
  readonly id: string | undefined;
  readonly needs: readonly unknown[];
  readonly after: readonly unknown[];
}

/** One entry of a dependency list, and where it stands. */
export interface DependencyEntry {
  readonly index: number;
  readonly kind: DependencyKind;
  readonly place: number;
  readonly id: string;
}

const none: readonly unknown[] = [];

/** Reads steps of any shape. Row `i` always belongs to `steps[i]`, however broken that is. */
export function readDependencyRows(steps: readonly unknown[]): DependencyRow[] {
  return Array.from(steps, readRow);
}

function readRow(step: unknown): DependencyRow {
  if (typeof step !== "object" || step === null) return { id: undefined, needs: none, after: none };
  const { id, needs, after } = step as { id?: unknown; needs?: unknown; after?: unknown };
  return { id: typeof id === "string" ? id : undefined, needs: listOf(needs), after: listOf(after) };
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : none;
}

export function countDependencies(rows: readonly DependencyRow[]): number {
  let count = 0;
  for (const row of rows) count += row.needs.length + row.after.length;
  return count;
}

/**
 * Turns entries into edges between step numbers. Texts that name no step go to `onUnknown`; what is no text is left out.
 *
 * Both in one pass, since looking up the ids is most of what checking a large graph costs.
 */
export function resolveDependencies(
  rows: readonly DependencyRow[],
  indexes: ReadonlyMap<string, number>,
  onUnknown: (entry: DependencyEntry) => void,
): EdgeTable {
  const starts = new Int32Array(rows.length + 1);
  const targets = new Int32Array(countDependencies(rows));
  let count = 0;
  const resolve = (index: number, kind: DependencyKind, entries: readonly unknown[]): void => {
    for (let place = 0; place < entries.length; place += 1) {
      const id = entries[place];
      if (typeof id !== "string") continue;
      const target = indexes.get(id);
      if (target === undefined) onUnknown({ index, kind, place, id });
      else targets[count++] = target;
    }
  };
  for (const [index, row] of rows.entries()) {
    resolve(index, "needs", row.needs);
    resolve(index, "after", row.after);
    starts[index + 1] = count;
  }
  return { starts, targets: targets.subarray(0, count) };
}
