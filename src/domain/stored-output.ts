import type { ArtifactRef } from "./artifact.ts";
import type { Json } from "./json.ts";
import type { SpilledPart, StoredOutput } from "./output.ts";

/** Bytes that must be read to have the whole of an output in memory. */
export function spilledBytes(output: StoredOutput): number {
  let bytes = 0;
  for (const { artifact } of output.spilled ?? []) bytes += artifact.bytes;
  return bytes;
}

/**
 * The whole output, with the spilled parts put back. The result shares nothing with `output`, so whoever gets it may change
 * it. `textOf` gives the text of a part's artifact; a caller that has to wait for it fetches all of them first.
 * @throws SyntaxError when the text of a JSON part is none; a part whose place is missing is passed over.
 */
export function loadOutput(output: StoredOutput, textOf: (part: SpilledPart) => string): Json {
  let value = copyOf(output.value);
  for (const part of output.spilled ?? []) {
    const text = textOf(part);
    const loaded: Json = part.encoding === "text" ? text : JSON.parse(text);
    value = part.pointer === "" ? loaded : placed(value, part.pointer, loaded);
  }
  return value;
}

/** An output all of which stands in one artifact. */
export function storeOutput(artifact: ArtifactRef, encoding: SpilledPart["encoding"]): StoredOutput {
  return { value: null, spilled: [{ pointer: "", artifact, encoding }] };
}

/** The part of an output that was moved away from the given place, if one was. */
export function spilledAt(output: StoredOutput, pointer: string): SpilledPart | undefined {
  return output.spilled?.find((part) => part.pointer === pointer);
}

function placed(root: Json, pointer: string, part: Json): Json {
  const keys = pointer
    .slice(1)
    .split("/")
    .map((key) => key.replaceAll("~1", "/").replaceAll("~0", "~"));
  const last = keys.pop()!;
  let holder: unknown = root;
  for (const key of keys) holder = holds(holder, key) ? holder[key] : undefined;
  if (holds(holder, last)) holder[last] = part;
  return root;
}

/** Arrays are objects too: a pointer names their elements by number. */
function holds(value: unknown, key: string): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && Object.hasOwn(value, key);
}

function copyOf(value: Json): Json {
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map(copyOf);
  const copy: Record<string, Json> = {};
  for (const [key, part] of Object.entries(value)) {
    if (key === "__proto__") Object.defineProperty(copy, key, { value: copyOf(part), ...ordinary });
    else copy[key] = copyOf(part);
  }
  return copy;
}

/** Assigning to `__proto__` would set the prototype; JSON means an ordinary property. */
const ordinary = { enumerable: true, configurable: true, writable: true } as const;
