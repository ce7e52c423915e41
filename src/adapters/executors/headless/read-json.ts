import { isRecord, type Fields } from "../../../domain/fields.ts";
import { figureOf } from "../../../domain/usage.ts";

const nothing: Fields = {};

/** The object at a path; one without fields where there is none. */
export function recordAt(value: unknown, ...path: readonly string[]): Fields {
  const found = valueAt(value, path);
  return isRecord(found) ? found : nothing;
}

/** The objects in the list at a path. */
export function recordsAt(value: unknown, ...path: readonly string[]): readonly Fields[] {
  const found = valueAt(value, path);
  return Array.isArray(found) ? found.filter(isRecord) : [];
}

export function textAt(value: unknown, ...path: readonly string[]): string | undefined {
  const found = valueAt(value, path);
  return typeof found === "string" ? found : undefined;
}

/** A count or an amount: a finite number that is not negative. */
export function numberAt(value: unknown, ...path: readonly string[]): number | undefined {
  return figureOf(valueAt(value, path));
}

function valueAt(value: unknown, path: readonly string[]): unknown {
  let found = value;
  for (const key of path) {
    if (!isRecord(found) || !Object.hasOwn(found, key)) return undefined;
    found = found[key];
  }
  return found;
}
