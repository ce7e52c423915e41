import { cutText } from "../../domain/cut-text.ts";
import { limits } from "../../domain/limits.ts";

/** A value of an event with what is too long cut and marked: a message is made for the eye, and the journal has the whole. */
export function boundedValue(value: unknown): unknown {
  return bounded(value, { left: limits.inspectValuesMax });
}

function bounded(value: unknown, budget: { left: number }): unknown {
  if (--budget.left < 0) return "…";
  if (typeof value === "string") return cutText(value, limits.inspectTextCharsMax);
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) {
    const shown = value.slice(0, limits.inspectEntriesMax).map((entry) => bounded(entry, budget));
    const more = value.length - shown.length;
    return more === 0 ? shown : [...shown, `… ${more} more`];
  }
  const shown: Record<string, unknown> = {};
  let count = 0;
  for (const name in value) {
    if (!Object.hasOwn(value, name) || ++count > limits.inspectEntriesMax) continue;
    // Assigned, this one would be no field.
    const key = name === "__proto__" ? "__proto__ (a field)" : cutText(name, limits.inspectTextCharsMax);
    shown[key] = bounded((value as Readonly<Record<string, unknown>>)[name], budget);
  }
  if (count > limits.inspectEntriesMax) shown["…"] = `${count - limits.inspectEntriesMax} more`;
  return shown;
}
