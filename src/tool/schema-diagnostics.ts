import { quotedValue } from "../domain/quoted-text.ts";
import type { Violation } from "./check-schema.ts";
import { checkSchema } from "./check-schema.ts";
import type { InputSchema } from "./input-schema.ts";
import { builtInTools } from "../adapters/executors/agents/built-in-tools.ts";
import { error, type TeamDiagnostic } from "./team-diagnostic.ts";

/**
 * What an input has against its schema, at most `findingsMax` things, each with a repair that speaks of its own field. Places of which
 * something has been said already are passed over.
 */
export function schemaDiagnostics(
  schema: InputSchema,
  input: unknown,
  options: {
    readonly code: string;
    readonly findingsMax: number;
    readonly passed?: ReadonlySet<string>;
    readonly place?: string;
  },
): TeamDiagnostic[] {
  const { code, findingsMax, passed = new Set<string>(), place = "" } = options;
  const found: TeamDiagnostic[] = [];
  for (const violation of checkSchema(schema, input)) {
    const path = `${place}${violation.pointer}`;
    if (passed.has(path)) continue;
    if (found.length === findingsMax) break;
    const name = fieldName(path);
    found.push(
      error(code, `${name} ${problemOf(violation)}.`, {
        path,
        repair: specialRepair(path, violation) ?? repairOf(path, violation),
      }),
    );
  }
  return found;
}

/** `/graph/steps/0/task` as people write it: `graph.steps[0].task`. */
function fieldName(pointer: string): string {
  if (pointer === "") return "The input";
  const parts = pointer
    .slice(1)
    .split("/")
    .map((part) => part.replaceAll("~1", "/").replaceAll("~0", "~"));
  const name = parts
    .map((part) => (/^\d+$/.test(part) ? `[${part}]` : `.${part}`))
    .join("")
    .slice(1);
  return /^[\w.[\]-]{1,120}$/.test(name) ? name : JSON.stringify(name.slice(0, 120));
}

function problemOf({ rule, schema, value }: Violation): string {
  switch (rule) {
    case "required":
      return "is missing";
    case "additionalProperties":
      return "is no field that is known here";
    case "items":
      return `has ${(value as unknown[]).length} entries; it must be ${shapeOf(schema)}`;
    case "length":
      return `has ${(value as string).length} characters; it must be ${shapeOf(schema)}`;
    default:
      return `must be ${shapeOf(schema)}, not ${quotedValue(value)}`;
  }
}

function repairOf(path: string, { rule, schema }: Violation): string {
  const name = fieldName(path);
  if (rule !== "additionalProperties") return `Give ${name} as ${shapeOf(schema)}.`;
  const known = Object.keys(schema.properties ?? {});
  return `Leave ${name} out; what is known there is ${known.join(", ")}.`;
}

/** Advice for mistakes that are made again and again. */
function specialRepair(path: string, { rule, value }: Violation): string | undefined {
  if (/\/agent\/tools\/\d+$/.test(path) && rule === "enum") {
    return `Name only ${builtInTools.join(", ")} in tools; put ${quotedValue(value)} into the agent's extensionTools if it is a tool of an extension.`;
  }
  if (path.endsWith("/agent/skills")) {
    return "Leave agent.skills out: which skills agents have is the host's to say, never a graph's.";
  }
  if (path === "/runId" && rule === "pattern") {
    return "Give runId as start named it, r1, r2 and so on; longer ids are of an older version and name nothing here.";
  }
  return undefined;
}

/** What a schema wants, in words. */
function shapeOf(schema: InputSchema): string {
  const { type, enum: options, pattern, minLength = 0, maxLength, minimum, maximum, minItems, maxItems } = schema;
  if (options !== undefined) return `one of ${options.join(", ")}`;
  if (pattern !== undefined) return `a text that matches ${pattern}`;
  switch (type) {
    case "string":
      return maxLength === undefined ? "a text" : `a text of ${minLength} to ${maxLength} characters`;
    case "integer":
    case "number":
      return `a whole number from ${minimum} to ${maximum}`;
    case "boolean":
      return "true or false";
    case "array":
      return `a list of ${minItems ?? 0} to ${maxItems} entries`;
    case "object":
      return "an object";
  }
}
