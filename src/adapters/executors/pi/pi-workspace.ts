import { lstat, realpath } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { isInside } from "../agents/inside.ts";

/**
 * The directories from which no program is run: the workspace is what agents work on and write to, so what lies in it is not trusted.
 *
 * Each start is taken as it is named and as it really is. A root that is the home directory, or above it, is no workspace: a stray
 * `.git` there would otherwise forbid every program that the user has installed.
 */
export async function deniedRoots(
  starts: readonly string[],
  roots: readonly string[],
  home: string,
): Promise<string[]> {
  const denied = new Set<string>();
  const homes = await bothNames(home);
  const deny = (root: string): void => {
    if (!homes.some((one) => isInside(root, one))) denied.add(root);
  };
  for (const root of roots) for (const name of await bothNames(root)) deny(name);
  for (const start of starts) {
    for (const name of await bothNames(start)) deny((await workspaceOf(name, homes)) ?? name);
  }
  return [...denied];
}

/** A path as it is named, and as it really is where that differs. */
export async function bothNames(path: string): Promise<string[]> {
  const named = resolve(path);
  try {
    const real = await realpath(named);
    return real === named ? [named] : [named, real];
  } catch {
    return [named];
  }
}

/** The nearest directory at or above `start` with a marker, below the home directory and what is above that. */
async function workspaceOf(start: string, homes: readonly string[]): Promise<string | undefined> {
  for (let directory = start; ; directory = dirname(directory)) {
    if (homes.some((home) => isInside(directory, home))) return undefined;
    if ((await hasEntry(join(directory, ".git"))) || (await hasEntry(join(directory, ".pi")))) return directory;
    if (dirname(directory) === directory) return undefined;
  }
}

/** Whether a name is taken, be it by a link that leads nowhere. */
async function hasEntry(path: string): Promise<boolean> {
  try {
    await lstat(path);
    return true;
  } catch {
    return false;
  }
}
