import { types } from "node:util";
import { pointerFrom } from "../../domain/diagnostic.ts";

/** Says in words what of a value JSON cannot hold. */
export class Unrepresentable extends Error {}

/**
 * The value as JSON, by the rules of `JSON.stringify`, except that what JSON would leave out or empty in silence is refused.
 * `Jsonified` says the same in types. An instance of a class stands for its own enumerable properties: data is data, whatever
 * class it was made by.
 *
 * The replacer is called with each holder in depth-first order; the holders above the present one are the path to it.
 */
export function toJson(value: unknown): string {
  const holders: unknown[] = [];
  const keys: string[] = [];
  let json: string | undefined;
  try {
    json = JSON.stringify(value, function (this: Readonly<Record<string, unknown>>, key: string, part: unknown) {
      while (holders.length > 0 && holders.at(-1) !== this) {
        holders.pop();
        keys.pop();
      }
      const problem = scalarProblem(this, key, part);
      if (problem !== undefined) throw new Unrepresentable(`${pathOf(keys, key)} ${problem}`);
      if (typeof part === "object" && part !== null) {
        if (holders.includes(part)) throw new Unrepresentable(`${pathOf(keys, key)} contains itself.`);
        const kind = isPlain(part) ? undefined : opaqueKind(part);
        if (kind !== undefined) throw new Unrepresentable(`${pathOf(keys, key)} is ${kind}, which JSON cannot hold.`);
        holders.push(part);
        keys.push(key);
      }
      return part;
    });
  } catch (error) {
    if (!isStackOverflow(error)) throw error;
    throw new Unrepresentable(`It is nested too deep for JSON: the stack ended ${holders.length} levels down.`);
  }
  return json ?? "null";
}

function scalarProblem(holder: Readonly<Record<string, unknown>>, key: string, part: unknown): string | undefined {
  switch (typeof part) {
    case "function":
    case "symbol":
    case "bigint":
      return `is a ${typeof part}, which JSON cannot hold.`;
    case "number":
      return Number.isFinite(part) ? undefined : `is ${part}, which JSON cannot hold.`;
    default:
      // Such a date gives null, where its type promises a string.
      return part === null && types.isDate(holder[key]) ? "is an invalid date, which JSON cannot hold." : undefined;
  }
}

/** Nearly all values are, and so are spared the questions about what else they could be. */
function isPlain(part: object): boolean {
  if (Array.isArray(part)) return true;
  const prototype: unknown = Object.getPrototypeOf(part);
  return (prototype === Object.prototype || prototype === null) && !("then" in part);
}

/** What an object is whose content is not in its properties, so that JSON would show it as empty; of any realm. */
function opaqueKind(part: object): string | undefined {
  if (types.isMap(part)) return "a Map";
  if (types.isSet(part)) return "a Set";
  if (types.isWeakMap(part)) return "a WeakMap";
  if (types.isWeakSet(part)) return "a WeakSet";
  if (part instanceof WeakRef) return "a WeakRef";
  if (types.isNativeError(part) || part instanceof Error) return "an Error";
  if (types.isRegExp(part)) return "a RegExp";
  if (types.isAnyArrayBuffer(part)) return "an ArrayBuffer";
  if (ArrayBuffer.isView(part)) return types.isDataView(part) ? "a DataView" : "a typed array";
  if (types.isPromise(part) || ("then" in part && typeof part.then === "function")) return "a Promise";
  return undefined;
}

/** V8 has no error of its own for it, and a `RangeError` may also be a string that grew too long, or a `toJSON`'s own. */
function isStackOverflow(error: unknown): boolean {
  return error instanceof RangeError && error.message === "Maximum call stack size exceeded";
}

/** The first key is that of the holder which `JSON.stringify` puts around the whole. */
function pathOf(keys: readonly string[], key: string): string {
  const path = pointerFrom(...[...keys, key].slice(1));
  return path === "" ? "It" : `The value at ${path}`;
}
