import * as v from "valibot";
import { isRecord } from "../../domain/fields.ts";
import { limits } from "../../domain/limits.ts";
import { stepIdPattern } from "../../domain/ids.ts";

/** Any text without NUL, which no process can receive. */
// oxlint-disable-next-line no-control-regex -- NUL is what the patterns are about.
const plainPattern = /^[^\u0000]*$/;
/** The same with something to see in it. Written so that a failed match never looks back further than the leading blanks. */
// oxlint-disable-next-line no-control-regex -- as above
export const filledPattern = /^\s*[^\s\u0000][^\u0000]*$/;

/** valibot takes a list for an object without entries; this does not. */
const object = v.custom<Record<string, unknown>>(isRecord);

export function strictFields<const Entries extends v.ObjectEntries>(entries: Entries) {
  return v.pipe(object, v.strictObject(entries));
}

/** A list whose length is checked before its items: a million bad items would each get a finding otherwise. */
export function list<Item extends v.GenericSchema>(item: Item, itemsMax: number) {
  const short = v.custom<unknown[]>((value) => Array.isArray(value) && value.length <= itemsMax);
  return v.pipe(short, v.array(item), v.metadata({ maxItems: itemsMax }));
}

export function plainText(charsMax: number) {
  return v.pipe(v.string(), v.maxLength(charsMax), v.regex(plainPattern));
}

export function filledText(charsMax: number) {
  return v.pipe(v.string(), v.maxLength(charsMax), v.regex(filledPattern));
}

export function wholeNumber(min: number, max: number) {
  return v.pipe(v.number(), v.integer(), v.minValue(min), v.maxValue(max));
}

export function seconds(min: number, max: number) {
  return v.pipe(v.number(), v.minValue(min), v.maxValue(max));
}

export const publicId = v.pipe(v.string(), v.regex(stepIdPattern));

/**
 * Names that a prototype answers to are refused like those of Runfold: no program wants such a variable, and whoever builds
 * an object of variables would be surprised by it.
 */
const variablePattern = /^(?!RUNFOLD_)(?!(?:__proto__|constructor|prototype)$)[A-Za-z_][A-Za-z0-9_]*$/;
const prototypeNames = ["__proto__", "constructor", "prototype"];

export const variables = v.pipe(
  object,
  v.maxEntries(limits.environmentEntriesMax),
  // valibot skips these names without a word, so they are looked for before it is asked.
  v.rawCheck(({ dataset, addIssue }) => {
    if (!dataset.typed) return;
    for (const key of prototypeNames) {
      if (!Object.hasOwn(dataset.value, key)) continue;
      const value: unknown = dataset.value[key];
      addIssue({ input: key, path: [{ type: "object", origin: "key", input: dataset.value, key, value }] });
    }
  }),
  v.record(
    v.pipe(v.string(), v.maxLength(limits.reasonCharsMax), v.regex(variablePattern)),
    plainText(limits.environmentValueCharsMax),
  ),
  v.maxEntries(limits.environmentEntriesMax),
);
