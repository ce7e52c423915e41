type Schema = Readonly<Record<string, unknown>>;

const types: Readonly<Record<string, (value: unknown) => boolean>> = {
  string: (value) => typeof value === "string",
  boolean: (value) => typeof value === "boolean",
  number: (value) => typeof value === "number",
  integer: (value) => Number.isInteger(value),
  array: (value) => Array.isArray(value),
  object: (value) => typeof value === "object" && value !== null && !Array.isArray(value),
};

const says = {
  $schema: () => true,
  title: () => true,
  description: () => true,
  type: (value, type) => types[type as string]?.(value) ?? false,
  enum: (value, options) => (options as unknown[]).includes(value),
  oneOf: (value, options) => (options as Schema[]).filter((option) => accepts(option, value)).length === 1,
  allOf: (value, parts) => (parts as Schema[]).every((part) => accepts(part, value)),
  anyOf: (value, options) => (options as Schema[]).some((option) => accepts(option, value)),
  not: (value, schema) => !accepts(schema as Schema, value),
  minLength: (value, min) => typeof value !== "string" || Array.from(value).length >= (min as number),
  maxLength: (value, max) => typeof value !== "string" || Array.from(value).length <= (max as number),
  pattern: (value, pattern) => typeof value !== "string" || new RegExp(pattern as string, "u").test(value),
  minimum: (value, min) => typeof value !== "number" || value >= (min as number),
  maximum: (value, max) => typeof value !== "number" || value <= (max as number),
  minItems: (value, min) => !Array.isArray(value) || value.length >= (min as number),
  maxItems: (value, max) => !Array.isArray(value) || value.length <= (max as number),
  prefixItems: (value, first) =>
    !Array.isArray(value) || (first as Schema[]).every((item, at) => at >= value.length || accepts(item, value[at])),
  items: (value, item, { prefixItems = [] }) =>
    !Array.isArray(value) ||
    value.slice((prefixItems as Schema[]).length).every((each) => accepts(item as Schema, each)),
  required: (value, names) =>
    !types["object"]?.(value) || (names as string[]).every((name) => Object.hasOwn(value as object, name)),
  properties: (value, properties) =>
    entriesOf(value).every(([key, each]) => {
      const schema = Object.hasOwn(properties as object, key) ? (properties as Record<string, Schema>)[key] : undefined;
      return schema === undefined || accepts(schema, each);
    }),
  propertyNames: (value, schema) => entriesOf(value).every(([key]) => accepts(schema as Schema, key)),
  additionalProperties: (value, schema, { properties = {} }) =>
    entriesOf(value).every(
      ([key, each]) =>
        Object.hasOwn(properties as object, key) || (schema !== false && accepts(schema as Schema, each)),
    ),
  maxProperties: (value, max) => entriesOf(value).length <= (max as number),
} satisfies Record<string, (value: unknown, wanted: unknown, schema: Schema) => boolean>;

function entriesOf(value: unknown): [string, unknown][] {
  return types["object"]?.(value) === true ? Object.entries(value as object) : [];
}

/** Whether a JSON Schema accepts a value. Knows the keywords of the published graph schema and refuses any other. */
export function accepts(schema: Schema, value: unknown): boolean {
  return Object.entries(schema).every(([keyword, wanted]) => {
    if (!Object.hasOwn(says, keyword)) throw new Error(`The validator does not know the keyword "${keyword}".`);
    return says[keyword as keyof typeof says](value, wanted, schema);
  });
}
