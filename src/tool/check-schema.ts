import { pointerFrom } from "../domain/diagnostic.ts";
import { isRecord } from "../domain/fields.ts";
import type { InputSchema } from "./input-schema.ts";

/** One thing in which a value is not as its schema says. */
export interface Violation {
  /** Where: a JSON pointer. */
  readonly pointer: string;
  /** In what: `type`, `required`, `additionalProperties`, `enum`, `pattern`, `length`, `range`, `items`. */
  readonly rule: string;
  /** The schema of that place; of an unknown field, that of what it stands in. */
  readonly schema: InputSchema;
  readonly value: unknown;
}

/**
 * Tells in what a value is not as a schema says, in the order of the schema, one violation for each place at most. It is a generator, so
 * that whoever needs only the first few pays for no more.
 */
export function* checkSchema(
  schema: InputSchema,
  value: unknown,
  place: readonly (string | number)[] = [],
): Generator<Violation> {
  const violation = (rule: string): Violation => ({ pointer: pointerFrom(...place), rule, schema, value });
  if (!isOfType(schema.type, value)) return yield violation("type");
  if (typeof value === "string") {
    if (schema.enum !== undefined && !schema.enum.includes(value)) return yield violation("enum");
    const { minLength = 0, maxLength = Infinity, pattern } = schema;
    if (value.length < minLength || value.length > maxLength) return yield violation("length");
    if (pattern !== undefined && !new RegExp(pattern, "u").test(value)) return yield violation("pattern");
  } else if (typeof value === "number") {
    const { minimum = -Infinity, maximum = Infinity } = schema;
    if (value < minimum || value > maximum) return yield violation("range");
  } else if (Array.isArray(value)) {
    const { minItems = 0, maxItems = Infinity, items } = schema;
    if (value.length < minItems || value.length > maxItems) return yield violation("items");
    for (const [index, item] of value.entries()) {
      if (items !== undefined) yield* checkSchema(items, item, [...place, index]);
    }
  } else if (isRecord(value)) yield* checkFields(schema, value, place);
  return undefined;
}

function* checkFields(
  schema: InputSchema,
  value: Readonly<Record<string, unknown>>,
  place: readonly (string | number)[],
): Generator<Violation> {
  const { properties = {}, required = [] } = schema;
  for (const [name, part] of Object.entries(properties)) {
    const has = Object.hasOwn(value, name) && value[name] !== undefined;
    if (has) yield* checkSchema(part, value[name], [...place, name]);
    else if (required.includes(name)) {
      yield { pointer: pointerFrom(...place, name), rule: "required", schema: part, value: undefined };
    }
  }
  for (const name of Object.keys(value)) {
    if (Object.hasOwn(properties, name)) continue;
    yield { pointer: pointerFrom(...place, name), rule: "additionalProperties", schema, value: value[name] };
  }
}

function isOfType(type: InputSchema["type"], value: unknown): boolean {
  if (type === "array") return Array.isArray(value);
  if (type === "object") return isRecord(value);
  if (type === "integer") return Number.isInteger(value);
  if (type === "number") return typeof value === "number" && Number.isFinite(value);
  return typeof value === type;
}
