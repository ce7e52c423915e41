import type { ArtifactRef } from "../../../domain/artifact.ts";
import { limits } from "../../../domain/limits.ts";
import type { SpilledPart, StoredOutput } from "../../../domain/output.ts";
import { loadOutput, spilledAt, spilledBytes } from "../../../domain/stored-output.ts";
import type { Attempt } from "../../../ports/executor.ts";
import { headOf } from "../../../domain/cut-text.ts";

/** The text of an output, as far as it is worth having in memory. */
export type UpstreamText =
  | { readonly type: "whole"; readonly text: string; readonly note: string; readonly artifact: ArtifactRef | undefined }
  | { readonly type: "head"; readonly head: string; readonly note: string; readonly artifact: ArtifactRef };

/** A character of UTF-16 takes at most three bytes of UTF-8, so more bytes than this are surely too many characters. */
const utf8BytesPerCharMax = 3;
const readBytesMax = limits.handoffDependencyCharsMax * utf8BytesPerCharMax;

/**
 * The text that an output stands for: a text itself, what a command wrote to stdout, any other value as JSON. Of an artifact that is too
 * large to be handed over only the beginning is read.
 * @throws what reading an artifact throws, and Error where the parts are too large to be put together
 */
export async function upstreamText(attempt: Attempt, stored: StoredOutput): Promise<UpstreamText> {
  const { value } = stored;
  const whole = spilledAt(stored, "");
  if (whole !== undefined) return await artifactText(attempt, whole, "");
  if (isCommandOutput(value)) {
    const dropped = value.droppedBytes ?? 0;
    const note = dropped === 0 ? "" : `${dropped} bytes that the command wrote were dropped.`;
    const stdout = spilledAt(stored, "/stdout");
    if (stdout !== undefined) return await artifactText(attempt, stdout, note);
    return { type: "whole", text: value.stdout ?? "", note, artifact: undefined };
  }
  if (spilledBytes(stored) > limits.loadedOutputBytesMax) throw new Error("its parts are too large to be put together");
  const texts = new Map<SpilledPart, string>();
  for (const part of stored.spilled ?? []) {
    texts.set(part, (await bytesOf(attempt, part.artifact, Number.POSITIVE_INFINITY)).toString("utf8"));
  }
  const loaded = loadOutput(stored, (part) => texts.get(part) ?? "");
  const text = typeof loaded === "string" ? loaded : JSON.stringify(loaded, undefined, 2);
  return { type: "whole", text, note: "", artifact: undefined };
}

async function artifactText(attempt: Attempt, { artifact }: SpilledPart, note: string): Promise<UpstreamText> {
  if (artifact.bytes <= readBytesMax) {
    const text = (await bytesOf(attempt, artifact, Number.POSITIVE_INFINITY)).toString("utf8");
    return { type: "whole", text, note, artifact };
  }
  // One character more than is shown, so that the last one shown is a whole one.
  const bytes = await bytesOf(attempt, artifact, (limits.handoffHeadCharsMax + 1) * utf8BytesPerCharMax);
  return { type: "head", head: headOf(bytes.toString("utf8"), limits.handoffHeadCharsMax), note, artifact };
}

async function bytesOf(attempt: Attempt, artifact: ArtifactRef, bytesEnough: number): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of attempt.readArtifact(artifact)) {
    chunks.push(chunk);
    bytes += chunk.length;
    if (bytes >= bytesEnough) break;
  }
  return Buffer.concat(chunks);
}

interface CommandValue {
  readonly stdout: string | null;
  readonly droppedBytes?: number;
}

/** Whether a value has the shape of a command's output, whose text is its stdout. */
function isCommandOutput(value: unknown): value is CommandValue {
  if (typeof value !== "object" || value === null) return false;
  if (!("stdout" in value && "stderr" in value && "exitCode" in value)) return false;
  const isText = value.stdout === null || typeof value.stdout === "string";
  return isText && typeof value.exitCode === "number";
}
