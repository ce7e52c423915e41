import { lstat, realpath } from "node:fs/promises";
import { isAbsolute, join, relative, resolve, sep } from "node:path";
import type { Place } from "../../../domain/events.ts";

/** Why a directory cannot be worked in. */
export interface PlaceProblem {
  readonly code: "cwd-path-escape-denied" | "cwd-symlink-denied" | "cwd-not-directory" | "cwd-unreadable";
  readonly message: string;
}

/**
 * The identity of a step's working directory: `cwd` is relative to `root`, or absolute and inside it. No part of it below
 * `root` may be a symlink. A path that leaves `root` is refused by its text alone, so that nothing outside is looked at.
 */
export async function inspectPlace(root: string, cwd: string): Promise<Place | PlaceProblem> {
  const below = relative(root, resolve(root, cwd));
  if (isOutside(below)) return problem("cwd-path-escape-denied", cwd, `it is outside ${root}`);
  try {
    return await inspectBelow(root, cwd, below);
  } catch (error) {
    return problem("cwd-unreadable", cwd, error instanceof Error ? error.message : String(error));
  }
}

/**
 * Says in what a working directory differs from what it was, or undefined where it is the same. Asked right before a launch.
 */
export async function changeOfPlace(root: string, place: Place): Promise<string | undefined> {
  const now = await inspectPlace(root, place.cwd);
  if ("code" in now) return now.message;
  if (now.realPath !== place.realPath) return `${place.cwd} leads to ${now.realPath}, no longer to ${place.realPath}.`;
  const isSame = now.device === place.device && now.inode === place.inode;
  return isSame ? undefined : `${place.cwd} was replaced by another directory.`;
}

async function inspectBelow(root: string, cwd: string, below: string): Promise<Place | PlaceProblem> {
  let path = root;
  for (const segment of below === "" ? [] : below.split(sep)) {
    path = join(path, segment);
    const stats = await lstat(path);
    if (stats.isSymbolicLink()) return problem("cwd-symlink-denied", cwd, `${path} is a symlink`);
    if (!stats.isDirectory()) return problem("cwd-not-directory", cwd, `${path} is not a directory`);
  }
  const realPath = await realpath(path);
  // Were a segment swapped for a symlink since it was looked at, its real path would tell.
  if (isOutside(relative(await realpath(root), realPath))) {
    return problem("cwd-path-escape-denied", cwd, `it leads to ${realPath}, outside ${root}`);
  }
  // As decimal text: inodes exceed what a number holds.
  const stats = await lstat(realPath, { bigint: true });
  if (!stats.isDirectory()) return problem("cwd-not-directory", cwd, `${realPath} is not a directory`);
  return { cwd, realPath, device: String(stats.dev), inode: String(stats.ino) };
}

function isOutside(below: string): boolean {
  return below === ".." || below.startsWith(`..${sep}`) || isAbsolute(below);
}

function problem(code: PlaceProblem["code"], cwd: string, why: string): PlaceProblem {
  return { code, message: `The working directory ${JSON.stringify(cwd)} cannot be used: ${why}.` };
}
