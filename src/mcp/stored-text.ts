import { outputText } from "../surfaces/output-text.ts";
import { spilledAt } from "../domain/stored-output.ts";
import type { ArtifactRef, ArtifactStore, StoredOutput } from "../index.ts";
import { cutBytes } from "../domain/cut-bytes.ts";

/** A part of what a step wrote, however large the whole is. */
export interface StoredText {
  readonly text: string;
  /** Of the whole, as UTF-8. */
  readonly bytes: number;
  readonly isCut: boolean;
}

export interface StoredPlace {
  readonly artifacts: ArtifactStore;
  /** Under which name the store keeps the run. */
  readonly place: string;
}

/**
 * The first or last bytes of an output: of a command's stdout, of a text, of anything else as JSON. Of what lies in an artifact no
 * more is held than is given.
 * @throws `artifact.unknown`, `artifact.tampered`, `artifact.failed`
 */
export async function storedText(
  stored: StoredOutput,
  { artifacts, place }: StoredPlace,
  {
    isCommand,
    bytesMax,
    keeps,
  }: { readonly isCommand: boolean; readonly bytesMax: number; readonly keeps: "start" | "end" },
): Promise<StoredText> {
  const spilled = (isCommand ? spilledAt(stored, "/stdout") : undefined) ?? spilledAt(stored, "");
  const whole = spilled?.artifact.bytes;
  const bytes =
    spilled === undefined
      ? Buffer.from(outputText(stored.value, isCommand))
      : await readPart(artifacts, place, spilled.artifact, bytesMax, keeps);
  // What is not UTF-8 grows as it is decoded, so the cut is made after it.
  const decoded = Buffer.from(Buffer.from(bytes).toString("utf8"));
  const shown = Buffer.from(cutBytes(decoded, bytesMax, keeps));
  const total = whole ?? bytes.length;
  return {
    text: shown.toString("utf8"),
    bytes: total,
    isCut: bytes.length < total || shown.length < decoded.length,
  };
}

/** A few bytes more than asked for, so that a code point at the edge is either whole or cut away. */
export async function readPart(
  artifacts: ArtifactStore,
  place: string,
  artifact: ArtifactRef,
  bytesMax: number,
  keeps: "start" | "end",
): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let held = 0;
  for await (const chunk of artifacts.read(place, artifact)) {
    chunks.push(chunk);
    held += chunk.length;
    if (keeps === "start") {
      if (held >= bytesMax) break;
      continue;
    }
    while (chunks[0] !== undefined && held - chunks[0].length >= bytesMax) held -= chunks.shift()!.length;
  }
  return cutBytes(Buffer.concat(chunks), bytesMax, keeps);
}
