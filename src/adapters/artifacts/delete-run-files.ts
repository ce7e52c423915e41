import { lstat, readdir, rmdir, unlink } from "node:fs/promises";
import { join } from "node:path";
import type { DeletedArtifacts } from "../../ports/artifact-store.ts";
import { systemCode } from "./artifact-errors.ts";
import { isTemporaryName } from "./file-writer.ts";
import { manifestName, readManifest } from "./manifest.ts";

/**
 * Deletes what the manifest names and what unfinished writers left; everything else stays and is named. The manifest goes
 * last, so that a deletion that failed halfway can be done again.
 */
export async function deleteRunFiles(directory: string): Promise<DeletedArtifacts> {
  const recorded = new Set((await readManifestOf(directory)).map(({ name }) => name));
  for (const name of await unfinishedNames(directory)) recorded.add(name);
  const deleted: string[] = [];
  for (const name of recorded) {
    if ((await unlinkEntry(join(directory, name))) && !isTemporaryName(name)) deleted.push(name);
  }
  await unlinkEntry(join(directory, manifestName));
  const left = await readdir(directory);
  if (left.length === 0) await rmdir(directory);
  return { deleted, left: left.toSorted() };
}

/** A manifest that someone turned into something else records nothing; it must not keep the run from being deleted. */
async function readManifestOf(directory: string): ReturnType<typeof readManifest> {
  try {
    return await readManifest(directory);
  } catch (error) {
    const code = systemCode(error);
    if (code === "ELOOP" || code === "EISDIR") return [];
    throw error;
  }
}

/** Temporary files, and files that still share their bytes with one: their writer died just before it had recorded them. */
async function unfinishedNames(directory: string): Promise<readonly string[]> {
  const names = await readdir(directory);
  const temporaries = names.filter(isTemporaryName);
  if (temporaries.length === 0) return [];
  const inodes = new Set<bigint>();
  for (const name of temporaries) {
    const stats = await lstat(join(directory, name), { bigint: true });
    if (stats.isFile() && stats.nlink > 1n) inodes.add(stats.ino);
  }
  const twins: string[] = [];
  for (const name of inodes.size === 0 ? [] : names) {
    if (isTemporaryName(name)) continue;
    const stats = await lstat(join(directory, name), { bigint: true });
    if (stats.isFile() && inodes.has(stats.ino)) twins.push(name);
  }
  return [...twins, ...temporaries];
}

/** Removes a name, whatever it refers to, unless it has become a directory. Says whether it did. */
async function unlinkEntry(path: string): Promise<boolean> {
  try {
    if ((await lstat(path)).isDirectory()) return false;
    await unlink(path);
    return true;
  } catch (error) {
    if (systemCode(error) === "ENOENT") return false;
    throw error;
  }
}
