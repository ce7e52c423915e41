import { randomBytes } from "node:crypto";
import { constants } from "node:fs";
import { link, open, unlink } from "node:fs/promises";
import { join } from "node:path";
import type { ArtifactWriter } from "../../ports/artifact-store.ts";
import { systemCode, taken } from "./artifact-errors.ts";
import { appendToManifest } from "./manifest.ts";
import { syncDirectory, type RunDirectories, type RunDirectory } from "./run-directory.ts";
import { managedWriter } from "./writer-lifecycle.ts";

const temporaryPattern = /^\.part-[0-9a-f]{24}$/;

/** Whether a file is one that a writer had not finished when its process ended. */
export function isTemporaryName(name: string): boolean {
  return temporaryPattern.test(name);
}

const creating = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW;

/**
 * Writes to a hidden name and links it to its own when it is complete: a link never replaces what is there.
 *
 * The hidden name goes last. A process that dies in between leaves both names for one file, and by that the store knows the
 * file as its own although the manifest may not say so.
 */
export async function openFileWriter(
  directories: RunDirectories,
  directory: RunDirectory,
  name: string,
): Promise<ArtifactWriter> {
  const temporary = join(directory.path, `.part-${randomBytes(12).toString("hex")}`);
  const file = await open(temporary, creating, 0o600);
  try {
    await file.chmod(0o600);
  } catch (error) {
    await file.close();
    await unlink(temporary);
    throw error;
  }

  return managedWriter(directory.run, name, {
    async append(bytes) {
      for (let written = 0; written < bytes.length;) {
        written += (await file.write(bytes, written, bytes.length - written)).bytesWritten;
      }
    },
    async publish(artifact) {
      await file.sync();
      await file.close();
      const now = await directories.find(directory.run);
      if (now !== directory) throw new Error("its directory is not there any more");
      await linkAs(temporary, join(directory.path, name), () => taken(directory.run, name));
      await appendToManifest(directory.path, artifact);
      await unlink(temporary);
      await syncDirectory(directory.path);
      directory.begun.delete(name);
    },
    async drop() {
      directory.begun.delete(name);
      await file.close().catch(() => undefined);
      // A directory that was swapped is not ours to delete from.
      if ((await directories.find(directory.run).catch(() => undefined)) !== directory) return;
      await unlink(temporary).catch((error: unknown) => {
        if (systemCode(error) !== "ENOENT") throw error;
      });
    },
  });
}

async function linkAs(from: string, to: string, exists: () => Error): Promise<void> {
  try {
    await link(from, to);
  } catch (error) {
    throw systemCode(error) === "EEXIST" ? exists() : error;
  }
}
