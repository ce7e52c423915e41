import { constants } from "node:fs";
import { open, type FileHandle } from "node:fs/promises";
import { join } from "node:path";
import type { ArtifactRef } from "../../domain/artifact.ts";
import { checkArtifactName, failed, systemCode, tampered, unknown } from "./artifact-errors.ts";
import { manifestName } from "./manifest.ts";
import type { RunDirectory } from "./run-directory.ts";
import { verifyBytes } from "./verify-bytes.ts";

const chunkBytes = 64 * 1024;
/** Not blocking, because opening a pipe that someone put there would wait for its writer. */
const reading = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;

/** @throws `artifact.nameInvalid`, `artifact.unknown`, `artifact.tampered`, `artifact.failed` */
export async function* readArtifactFile(
  directory: RunDirectory,
  artifact: ArtifactRef,
): AsyncGenerator<Uint8Array, void, void> {
  await using file = await openArtifactFile(directory, artifact);
  yield* verifyBytes(directory.run, artifact, chunksOf(directory, artifact, file));
}

/** Reads the whole file for its hash, which is what makes handing out its path safe. @throws as {@link readArtifactFile} */
export async function verifiedPath(directory: RunDirectory, artifact: ArtifactRef): Promise<string> {
  // oxlint-disable-next-line no-unused-vars -- only that all bytes pass the check matters
  for await (const _ of readArtifactFile(directory, artifact)) continue;
  return join(directory.path, artifact.name);
}

async function openArtifactFile(directory: RunDirectory, artifact: ArtifactRef): Promise<FileHandle> {
  const { run, path } = directory;
  checkArtifactName(artifact.name);
  if (artifact.name === manifestName) throw unknown(run, artifact.name);
  let file: FileHandle;
  try {
    file = await open(join(path, artifact.name), reading);
  } catch (error) {
    const code = systemCode(error);
    if (code === "ENOENT") throw unknown(run, artifact.name);
    if (code === "ELOOP") throw tampered(run, artifact, "it was replaced by a symlink");
    throw failed(run, `opening the artifact ${artifact.name}`, error);
  }
  const stats = await file.stat();
  if (stats.isFile() && stats.size === artifact.bytes) return file;
  await file.close();
  const why = stats.isFile() ? `it has ${stats.size} instead of ${artifact.bytes} bytes` : "it is not a file any more";
  throw tampered(run, artifact, why);
}

async function* chunksOf(directory: RunDirectory, artifact: ArtifactRef, file: FileHandle): AsyncGenerator<Uint8Array> {
  for (;;) {
    const buffer = new Uint8Array(Math.min(chunkBytes, artifact.bytes + 1));
    const { bytesRead } = await file.read(buffer, 0, buffer.length).catch((error: unknown) => {
      throw failed(directory.run, `reading the artifact ${artifact.name}`, error);
    });
    if (bytesRead === 0) return;
    yield buffer.subarray(0, bytesRead);
  }
}
