import { isUtf8 } from "node:buffer";
import { artifactPlace } from "../domain/artifact.ts";
import { isRunfoldError, limits, type ArtifactRef, type ArtifactStore, type Run } from "../index.ts";

/** An artifact's text; without one, it has no room, is no text, or is not there. */
export interface RecordedArtifact {
  readonly name: string;
  readonly text?: string;
}

/** The artifacts of a run in their order, each read when it is asked for, as far as they have room. @throws `artifact.failed` */
export async function* recordedArtifacts(
  run: Run,
  named: readonly ArtifactRef[],
  artifacts: ArtifactStore | undefined,
): AsyncGenerator<RecordedArtifact, void> {
  const place = artifactPlace(run.id, run.snapshot().life);
  let room: number = limits.viewerFileArtifactsBytesMax;
  for (const artifact of named) {
    const { name, bytes } = artifact;
    const hasRoom = artifacts !== undefined && bytes <= Math.min(room, limits.viewerFileArtifactBytesMax);
    const read = hasRoom ? await bytesOf(artifacts.read(place, artifact)) : undefined;
    if (read === undefined || !isUtf8(read)) yield { name };
    else {
      room -= bytes;
      yield { name, text: read.toString("utf8") };
    }
  }
}

/** Undefined for what is not there, or not as it was written. */
async function bytesOf(chunks: AsyncIterable<Uint8Array>): Promise<Buffer | undefined> {
  try {
    const held: Uint8Array[] = [];
    for await (const chunk of chunks) held.push(chunk);
    return Buffer.concat(held);
  } catch (error) {
    if (isRunfoldError(error, "artifact.unknown") || isRunfoldError(error, "artifact.tampered")) return undefined;
    throw error;
  }
}
