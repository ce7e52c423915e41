import { isUtf8 } from "node:buffer";
import { limits } from "../../../domain/limits.ts";
import type { SpilledPart, StoredOutput } from "../../../domain/output.ts";
import { loadOutput, spilledAt, spilledBytes } from "../../../domain/stored-output.ts";
import type { Attempt, Upstream } from "../../../ports/executor.ts";
import type { Environment } from "../processes/environment.ts";
import type { PrivateFiles } from "../processes/private-files.ts";
import { variablePart, wireStatus } from "./variable-words.ts";

/** What a command learns of the steps before it. */
export interface UpstreamInputs {
  readonly variables: Environment;
  /** Names of variables that repeat what a file holds, and may be left out. */
  readonly removable: ReadonlySet<string>;
}

/**
 * Makes every upstream output a file, and a variable too where it is small. Statuses and failures are always variables.
 * @throws whatever reading an artifact or writing a file throws
 */
export async function upstreamInputs(attempt: Attempt, files: PrivateFiles): Promise<UpstreamInputs> {
  const variables: Environment = {};
  const values = new Map<string, string>();
  for (const upstream of attempt.upstream) {
    const part = variablePart(upstream.step);
    variables[`RUNFOLD_STATUS_${part}`] = wireStatus(upstream.status);
    if (upstream.failure !== undefined) variables[`RUNFOLD_FAILURE_${part}`] = failureText(upstream.failure.message);
    const stored = upstream.output ?? upstream.partial;
    if (stored === undefined) continue;
    const { path, value } = await provide(attempt, files, upstream, stored);
    variables[`RUNFOLD_INPUT_${part}_FILE`] = path;
    if (value !== undefined) values.set(`RUNFOLD_INPUT_${part}`, value);
  }
  for (const [name, value] of values) {
    // The value of a step `x-file` would go by the name of the file of a step `x`.
    if (Object.hasOwn(variables, name)) {
      values.delete(name);
      attempt.diagnostic(
        "command-input-ambiguous",
        "warning",
        `${name} names a file; the value of that name is left out.`,
      );
    } else {
      variables[name] = value;
    }
  }
  return { variables, removable: new Set(values.keys()) };
}

interface Provided {
  readonly path: string;
  readonly value: string | undefined;
}

async function provide(
  attempt: Attempt,
  files: PrivateFiles,
  { step }: Upstream,
  stored: StoredOutput,
): Promise<Provided> {
  const source = await textOf(attempt, stored);
  if (typeof source === "string") {
    return { path: await files.write(step, [Buffer.from(source)]), value: variableValue(Buffer.from(source)) };
  }
  const { artifact } = source;
  const path = await attempt.artifactPath(artifact);
  const isSmall = artifact.bytes <= limits.inputVariableBytesMax;
  return {
    path: path ?? (await files.write(step, attempt.readArtifact(artifact))),
    value: isSmall ? variableValue(await bytesOf(attempt, source)) : undefined,
  };
}

/** The text of an output, or the artifact that holds exactly it. */
async function textOf(attempt: Attempt, stored: StoredOutput): Promise<string | SpilledPart> {
  const whole = spilledAt(stored, "");
  if (whole !== undefined) return whole;
  const { value } = stored;
  if (isCommandOutput(value)) return spilledAt(stored, "/stdout") ?? value.stdout ?? "";
  if (spilledBytes(stored) > limits.loadedOutputBytesMax) throw new Error("its parts are too large to be put together");
  const texts = new Map<SpilledPart, string>();
  for (const part of stored.spilled ?? []) texts.set(part, (await bytesOf(attempt, part)).toString("utf8"));
  const loaded = loadOutput(stored, (part) => texts.get(part) ?? "");
  return typeof loaded === "string" ? loaded : JSON.stringify(loaded);
}

/** Whether a value has the shape of a command's output, whose text is its stdout. */
function isCommandOutput(value: unknown): value is { readonly stdout: string | null } {
  if (typeof value !== "object" || value === null) return false;
  return "stdout" in value && "stderr" in value && "exitCode" in value && typeof value.exitCode === "number";
}

async function bytesOf(attempt: Attempt, { artifact }: SpilledPart): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of attempt.readArtifact(artifact)) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/** A variable ends at its first NUL and is text; what is not fit for one stays a file. */
function variableValue(bytes: Buffer): string | undefined {
  const fits = bytes.length <= limits.inputVariableBytesMax && !bytes.includes(0) && isUtf8(bytes);
  return fits ? bytes.toString("utf8") : undefined;
}

function failureText(message: string): string {
  const text = message.replaceAll("\0", "");
  return text.length <= limits.failureMessageCharsMax ? text : cutAtEnd(text, limits.failureMessageCharsMax);
}

function cutAtEnd(text: string, charsMax: number): string {
  const head = text.slice(0, charsMax - 1);
  return `${/[\uD800-\uDBFF]$/.test(head) ? head.slice(0, -1) : head}…`;
}
