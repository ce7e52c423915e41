import { constants } from "node:fs";
import { open, type FileHandle } from "node:fs/promises";
import { join } from "node:path";
import type { ArtifactRef } from "../../domain/artifact.ts";
import { isArtifactName, systemCode } from "./artifact-errors.ts";

/** The record of what was committed, one line each. No artifact can have this name. */
export const manifestName = "manifest.ndjson";

const appending = constants.O_RDWR | constants.O_APPEND | constants.O_CREAT | constants.O_NOFOLLOW;
const lineBreak = 0x0a;

/** Adds one line, durably; the cost does not depend on how many there are. */
export async function appendToManifest(directory: string, artifact: ArtifactRef): Promise<void> {
  await using file = await open(join(directory, manifestName), appending, 0o600);
  const { size, mode } = await file.stat();
  if ((mode & 0o777) !== 0o600) await file.chmod(0o600);
  // A crash may have cut the last line; starting a new one keeps the damage to that line.
  const start = size === 0 || (await byteAt(file, size - 1)) === lineBreak ? "" : "\n";
  await file.write(`${start}${JSON.stringify(artifact)}\n`);
  await file.sync();
}

/** What was recorded, in order of commit. Damaged lines, and those that no store would write, are passed over. */
export async function readManifest(directory: string): Promise<readonly ArtifactRef[]> {
  const artifacts = new Map<string, ArtifactRef>();
  try {
    await using file = await open(join(directory, manifestName), constants.O_RDONLY | constants.O_NOFOLLOW);
    for await (const line of file.readLines()) {
      const artifact = parseLine(line);
      if (artifact !== undefined) artifacts.set(artifact.name, artifact);
    }
  } catch (error) {
    if (systemCode(error) !== "ENOENT") throw error;
  }
  return [...artifacts.values()];
}

async function byteAt(file: FileHandle, position: number): Promise<number | undefined> {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(1), 0, 1, position);
  return bytesRead === 1 ? buffer[0] : undefined;
}

function parseLine(line: string): ArtifactRef | undefined {
  try {
    const { name, bytes, sha256 }: Record<keyof ArtifactRef, unknown> = JSON.parse(line);
    if (typeof name !== "string" || !isArtifactName(name) || name === manifestName) return undefined;
    if (typeof bytes !== "number" || typeof sha256 !== "string") return undefined;
    return { name, bytes, sha256 };
  } catch {
    return undefined;
  }
}
