/** An object of which nothing is known. */
export type Fields = Readonly<Record<string, unknown>>;

/** Whether a value has fields to look at; lists have them, too. */
export function hasFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null;
}

/** Whether a value is what JSON calls an object: no list. */
export function isRecord(value: unknown): value is Fields {
  return hasFields(value) && !Array.isArray(value);
}
