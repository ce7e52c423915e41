import { lstat, realpath, stat } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import type { BigIntStats } from "node:fs";
import { systemCode } from "./system-error.ts";

/** What SQLite keeps beside a database; a file of such a name is taken for its own, and replayed into it. */
const suffixesBesideDatabase = ["", "-wal", "-shm", "-journal"];

/**
 * Where an export may be written, its directory free of symlinks, so that what is checked is what is written; or why it may
 * not. Only a plain file is ever replaced, and nothing that belongs to the database that is read.
 */
export async function exportTarget(
  path: string,
  database: string,
  force: boolean,
): Promise<{ readonly target: string } | { readonly why: string }> {
  const given = resolve(path);
  const target = join(await realpath(dirname(given)), basename(given));
  const found = await look(target);
  const files = await databaseFiles(database);
  if (files.some((file) => file.path === target || isSame(file.found, found)))
    return { why: "it belongs to the database that is read" };
  if (await isBelow(target, `${resolve(database)}.artifacts`)) return { why: "artifacts of runs are kept there" };
  if (found === undefined) return { target };
  if (!found.isFile()) return { why: `it is ${kindOf(found)}, and only a regular file is replaced` };
  return force ? { target } : { why: "there is such a file already; --force replaces it" };
}

interface DatabaseFile {
  readonly path: string;
  readonly found: BigIntStats | undefined;
}

/** A database may be reached through a symlink; SQLite then keeps its other files beside the real one. */
async function databaseFiles(database: string): Promise<readonly DatabaseFile[]> {
  const real = await realpath(database);
  const given = join(await realpath(dirname(resolve(database))), basename(database));
  const paths = [real, given].flatMap((base) => suffixesBesideDatabase.map((suffix) => base + suffix));
  return Promise.all(paths.map(async (path) => ({ path, found: await look(path) })));
}

/** By names, for directories that are not there yet, and by inodes, which hold whatever a directory is reached by. */
async function isBelow(target: string, directory: string): Promise<boolean> {
  const real = await realpath(directory).catch(() => undefined);
  const root = real ?? join(await realpath(dirname(directory)), basename(directory));
  const rootFound = await stat(root, { bigint: true }).catch(() => undefined);
  for (let place = target; ; place = dirname(place)) {
    if (place === root) return true;
    if (isSame(rootFound, await look(place))) return true;
    if (place === dirname(place)) return false;
  }
}

async function look(path: string): Promise<BigIntStats | undefined> {
  try {
    return await lstat(path, { bigint: true });
  } catch (error) {
    if (systemCode(error) === "ENOENT") return undefined;
    throw error;
  }
}

function isSame(one: BigIntStats | undefined, other: BigIntStats | undefined): boolean {
  return one !== undefined && other !== undefined && one.dev === other.dev && one.ino === other.ino;
}

function kindOf(found: BigIntStats): string {
  if (found.isDirectory()) return "a directory";
  if (found.isSymbolicLink()) return "a symbolic link";
  if (found.isFIFO()) return "a named pipe";
  return found.isSocket() ? "a socket" : "a device";
}
