import { pointerFrom } from "../../domain/diagnostic.ts";
import { quotedText } from "../../domain/quoted-text.ts";
import { graphFieldAt, graphFields } from "./graph-fields.ts";
import type { GraphField } from "./graph-field.ts";

export type PlaceKey = string | number;

/** Where in a graph something stands, and how to speak of it. */
export interface Place {
  readonly pointer: string;
  readonly field: GraphField;
  /** `Step "build": "retry.attempts"`, `"objective"`, `The step at /steps/3`. */
  readonly subject: string;
}

/**
 * Describes a place by its keys from the root. `stepId` is the id of the step around it, where that can be read; a step
 * is called by its pointer otherwise.
 */
export function placeAt(keys: readonly PlaceKey[], stepId?: unknown): Place {
  return {
    pointer: pointerFrom(...keys),
    field: graphFieldAt(fieldPathOf(keys)),
    subject: subjectOf(keys, stepId),
  };
}

/** The names of the fields that are known in the object at a place. */
export function knownFieldsAt(keys: readonly PlaceKey[]): readonly string[] {
  return childrenOf(fieldPathOf(keys));
}

/** Indexes and the names of variables become `*`, as `graphFields` has them. */
function fieldPathOf(keys: readonly PlaceKey[]): string {
  const isVariable = (depth: number): boolean => depth === 3 && keys[2] === "env";
  return keys.map((key, depth) => (typeof key === "number" || isVariable(depth) ? "*" : key)).join(".");
}

function subjectOf(keys: readonly PlaceKey[], stepId: unknown): string {
  if (keys.length === 0) return "The graph";
  const index = keys[0] === "steps" && typeof keys[1] === "number" ? keys[1] : undefined;
  if (index === undefined) return `"${labelOf(keys)}"`;
  const step = typeof stepId === "string" ? `tep ${quotedText(stepId)}` : `he step at ${pointerFrom("steps", index)}`;
  const named = (typeof stepId === "string" ? "S" : "T") + step;
  return keys.length === 2 ? named : `${named}: "${labelOf(keys.slice(2))}"`;
}

function labelOf(keys: readonly PlaceKey[]): string {
  const parts = keys.map((key) => (typeof key === "number" ? `[${key}]` : `.${quotedText(key).slice(1, -1)}`));
  return parts.join("").replace(/^\./, "");
}

const childrenByPath = new Map<string, readonly string[]>();

/** Kept, since a graph can have an unknown field in each of 100 000 steps. There are only as many paths as known fields. */
function childrenOf(path: string): readonly string[] {
  const kept = childrenByPath.get(path);
  if (kept !== undefined) return kept;
  const prefix = path === "" ? "" : `${path}.`;
  const children = Object.keys(graphFields)
    .filter((known) => known !== "" && known.startsWith(prefix))
    .map((known) => known.slice(prefix.length))
    .filter((rest) => rest !== "*" && !rest.includes("."));
  childrenByPath.set(path, children);
  return children;
}
