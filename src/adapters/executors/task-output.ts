import type { Json } from "../../domain/json.ts";
import { limits } from "../../domain/limits.ts";
import type { SpilledPart } from "../../domain/output.ts";
import { storeOutput } from "../../domain/stored-output.ts";
import type { Attempt, AttemptResult } from "../../ports/executor.ts";
import { describe, failedTask } from "./task-failure.ts";
import { toJson, Unrepresentable } from "./task-json.ts";

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

function outputProblem(error: unknown): string {
  return error instanceof Unrepresentable ? error.message : describe(error);
}
