import { pointerFrom } from "../../domain/diagnostic.ts";
import type { Json } from "../../domain/json.ts";
import { limits } from "../../domain/limits.ts";
import type { SpilledPart } from "../../domain/output.ts";
import { storeOutput } from "../../domain/stored-output.ts";
import type { Attempt, AttemptResult } from "../../ports/executor.ts";
import { describe, failedTask } from "./task-failure.ts";

/** A UTF-16 code unit takes at most six bytes in JSON: `\u0000`. */
const jsonBytesPerCharMax = 6;

/** Makes what a task returned into its output: in the journal where it is small, as an artifact where it is large. */
export async function storeTaskOutput(attempt: Attempt, value: unknown): Promise<AttemptResult> {
  if (value === null || typeof value === "boolean") return succeeded(value);
  if (typeof value === "string" && value.length * jsonBytesPerCharMax + 2 <= limits.inlinePayloadBytesMax) {
    return succeeded(value);
  }
  let json: string;
  try {
    json = toJson(value);
  } catch (error) {
    return failedTask("output", `The task's output cannot be kept: ${outputProblem(error)}`, true);
  }
  if (Buffer.byteLength(json) <= limits.inlinePayloadBytesMax) {
    const stored: Json = JSON.parse(json);
    return succeeded(stored);
  }
  // A string travels as plain text, for commands that get it as a file, unless UTF-8 cannot carry it.
  const isText = typeof value === "string" && Buffer.from(value).toString() === value;
  return isText ? await spill(attempt, value, "text") : await spill(attempt, json, "json");
}

function succeeded(value: Json): AttemptResult {
  return { type: "succeeded", output: { value } };
}

async function spill(attempt: Attempt, text: string, encoding: SpilledPart["encoding"]): Promise<AttemptResult> {
  try {
    const writer = await attempt.createArtifact(encoding === "text" ? "output.txt" : "output.json");
    try {
      await writer.write(Buffer.from(text));
      return { type: "succeeded", output: storeOutput(await writer.commit(), encoding) };
    } finally {
      await writer.discard();
    }
  } catch (error) {
    return failedTask("output", `The task's output could not be stored: ${describe(error)}`);
  }
}

class Unrepresentable extends Error {}

function outputProblem(error: unknown): string {
  return error instanceof Unrepresentable ? error.message : describe(error);
}

/**
 * The value as JSON, by the rules of `JSON.stringify`, except that what JSON would leave out in silence is refused.
 *
 * The replacer is called with each holder in depth-first order; the holders above the present one are the path to it.
 */
function toJson(value: unknown): string {
  const holders: unknown[] = [];
  const keys: string[] = [];
  const json = JSON.stringify(value, function (this: unknown, key: string, part: unknown) {
    while (holders.length > 0 && holders.at(-1) !== this) {
      holders.pop();
      keys.pop();
    }
    const kind = typeof part;
    if (kind === "function" || kind === "symbol" || kind === "bigint") {
      throw new Unrepresentable(`${pathOf(keys, key)} is a ${kind}, which JSON cannot hold.`);
    }
    if (kind === "object" && part !== null) {
      if (holders.includes(part)) throw new Unrepresentable(`${pathOf(keys, key)} contains itself.`);
      holders.push(part);
      keys.push(key);
    }
    return part;
  }) as string | undefined;
  return json ?? "null";
}

/** The first key is that of the holder which `JSON.stringify` puts around the whole. */
function pathOf(keys: readonly string[], key: string): string {
  const path = pointerFrom(...[...keys, key].slice(1));
  return path === "" ? "It" : `The value at ${path}`;
}
