import { nearestWord } from "../domain/nearest-word.ts";
import { quotedText, quotedValue } from "../domain/quoted-text.ts";

export type JsonSchema = Readonly<Record<string, unknown>>;

/** One argument of a tool: what clients are told of it, and how it is read. Nothing that is given is trusted to fit its schema. */
export interface Field<Value> {
  readonly schema: JsonSchema;
  readonly isRequired: boolean;
  /** The value, or in words what it has to be. */
  read(given: unknown): { readonly value: Value } | { readonly expected: string };
}

export type Fields = Readonly<Record<string, Field<unknown>>>;
export type Arguments<Given extends Fields> = {
  readonly [Name in keyof Given]: Given[Name] extends Field<infer Value> ? Value : never;
};

const typosMax = 3;

export function textField(description: string, charsMax: number): Field<string> {
  return {
    schema: { type: "string", description, minLength: 1, maxLength: charsMax },
    isRequired: true,
    read(given) {
      // A length is counted as JSON Schema counts it, in code points; a text within it has at most twice the units.
      const isText = typeof given === "string" && given !== "" && given.length <= charsMax * 2;
      const fits = isText && (given.length <= charsMax || Array.from(given).length <= charsMax);
      return fits ? { value: given } : { expected: `a text of 1 to ${charsMax} characters` };
    },
  };
}

export function numberField(
  description: string,
  { min, max, isWhole = false }: { readonly min: number; readonly max: number; readonly isWhole?: boolean },
): Field<number> {
  const kind = isWhole ? "integer" : "number";
  return {
    schema: { type: kind, description, minimum: min, maximum: max },
    isRequired: true,
    read(given) {
      const fits = typeof given === "number" && given >= min && given <= max && (!isWhole || Number.isInteger(given));
      return fits ? { value: given } : { expected: `${isWhole ? "a whole number" : "a number"} from ${min} to ${max}` };
    },
  };
}

export function flagField(description: string): Field<boolean> {
  return {
    schema: { type: "boolean", description },
    isRequired: true,
    read: (given) => (typeof given === "boolean" ? { value: given } : { expected: "true or false" }),
  };
}

export function choiceField<const Choice extends string>(
  description: string,
  choices: readonly Choice[],
): Field<Choice> {
  return {
    schema: { type: "string", description, enum: choices },
    isRequired: true,
    read(given) {
      const value = choices.find((choice) => choice === given);
      return value === undefined ? { expected: `one of ${choices.join(", ")}` } : { value };
    },
  };
}

/** A JSON object that whoever takes it checks itself. */
export function objectField(description: string): Field<object> {
  return {
    schema: { type: "object", description },
    isRequired: true,
    read: (given) =>
      typeof given === "object" && given !== null && !Array.isArray(given)
        ? { value: given }
        : { expected: "a JSON object, not a text that holds one" },
  };
}

export function optional<Value>(field: Field<Value>): Field<Value | undefined> {
  return {
    schema: field.schema,
    isRequired: false,
    // Some clients say `null` for what they leave out.
    read: (given) => (given === undefined || given === null ? { value: undefined } : field.read(given)),
  };
}

export function schemaOf(fields: Fields): JsonSchema {
  const entries = Object.entries(fields);
  return {
    type: "object",
    properties: Object.fromEntries(entries.map(([name, { schema }]) => [name, schema])),
    required: entries.filter(([, { isRequired }]) => isRequired).map(([name]) => name),
    additionalProperties: false,
  };
}

/** The arguments, or all that is wrong with them in words. */
export function readArguments<Given extends Fields>(
  fields: Given,
  given: unknown,
): { readonly arguments: Arguments<Given> } | { readonly findings: readonly string[] } {
  if (typeof given !== "object" || given === null || Array.isArray(given)) {
    return { findings: ["The arguments have to be a JSON object."] };
  }
  const findings: string[] = [];
  const found: Record<string, unknown> = {};
  for (const [name, field] of Object.entries(fields)) {
    const argument: unknown = Object.hasOwn(given, name) ? Reflect.get(given, name) : undefined;
    const read = field.read(argument);
    if ("value" in read) found[name] = read.value;
    else if (argument === undefined) findings.push(`${name} is missing: ${read.expected}.`);
    else findings.push(`${name} has to be ${read.expected}; it is ${quotedValue(argument)}.`);
  }
  for (const name of Object.keys(given)) {
    if (Object.hasOwn(fields, name)) continue;
    const nearest = nearestWord(name, Object.keys(fields), typosMax);
    findings.push(
      `There is no argument ${quotedText(name)}.${nearest === undefined ? "" : ` Did you mean ${nearest}?`}`,
    );
    if (findings.length >= findingsMax) break;
  }
  return findings.length === 0 ? { arguments: found as Arguments<Given> } : { findings };
}

const findingsMax = 20;
