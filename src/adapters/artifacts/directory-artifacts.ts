import { lstat } from "node:fs/promises";
import { join } from "node:path";
import type { RunId } from "../../domain/ids.ts";
import type { ArtifactStore } from "../../ports/artifact-store.ts";
import { checkArtifactName, failed, systemCode, taken, unknown } from "./artifact-errors.ts";
import { deleteRunFiles } from "./delete-run-files.ts";
import { readArtifactFile, verifiedPath } from "./file-reader.ts";
import { openFileWriter } from "./file-writer.ts";
import { manifestName, readManifest } from "./manifest.ts";
import { RunDirectories } from "./run-directory.ts";

/**
 * Keeps artifacts as files: `<root>/<run>/<name>`, with a manifest beside them. Directories and files are for their owner
 * alone. The root is made when it is first needed; it may be reached through symlinks, what lies in it may not.
 */
export function directoryArtifacts(root: string): ArtifactStore {
  const directories = new RunDirectories(root);

  async function existing(run: RunId, name: string) {
    checkArtifactName(name);
    const directory = await directories.find(run);
    if (directory === undefined) throw unknown(run, name);
    return directory;
  }

  return {
    async create(run, name) {
      checkArtifactName(name);
      const directory = await directories.make(run).catch((error: unknown) => {
        throw failed(run, "making its artifact directory", error);
      });
      if (name === manifestName || directory.begun.has(name)) throw taken(run, name);
      directory.begun.add(name);
      try {
        if (await exists(join(directory.path, name))) throw taken(run, name);
        return await openFileWriter(directories, directory, name);
      } catch (error) {
        directory.begun.delete(name);
        throw failed(run, `beginning the artifact ${name}`, error);
      }
    },

    async *read(run, artifact) {
      yield* readArtifactFile(await existing(run, artifact.name), artifact);
    },

    async path(run, artifact) {
      return await verifiedPath(await existing(run, artifact.name), artifact);
    },

    async list(run) {
      const directory = await directories.find(run);
      if (directory === undefined) return [];
      return await readManifest(directory.path).catch((error: unknown) => {
        throw failed(run, "reading its manifest", error);
      });
    },

    async delete(run) {
      const directory = await directories.find(run);
      try {
        const outcome = directory === undefined ? { deleted: [], left: [] } : await deleteRunFiles(directory.path);
        directories.forget(run);
        return outcome;
      } catch (error) {
        throw failed(run, "deleting its artifacts", error);
      }
    },
  };
}

async function exists(path: string): Promise<boolean> {
  try {
    await lstat(path);
    return true;
  } catch (error) {
    if (systemCode(error) === "ENOENT") return false;
    throw error;
  }
}
