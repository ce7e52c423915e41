import { constants } from "node:fs";
import { access, lstat, stat } from "node:fs/promises";
import { delimiter, dirname, isAbsolute, join, resolve, sep } from "node:path";
import { isInside, realPathOf } from "./inside.ts";

/** What stands in the top directory of a workspace. One that leads nowhere counts as well. */
const workspaceMarkers = [".git", ".pi"];

/** Where POSIX shells look when there is no PATH. */
const defaultPath = "/usr/bin:/bin";

/** Whatever is worked on may have been written by anyone, so no program is started from there. */
export interface DistrustedPlaces {
  /** Absolute directories, as they are named and as they really are. */
  readonly directories: readonly string[];
}

export interface PlacesOrder {
  /** Where the step works. Of it, the nearest directory at or above it with a marker is distrusted, else itself. */
  readonly cwd: string;
  /** The run's directory; it is distrusted itself. */
  readonly root: string;
  /**
   * The user's home directory. Neither it nor what is above it is a workspace: a stray `.git` there would otherwise forbid every program
   * that the user has installed.
   */
  readonly home: string;
}

export type TrustedProgram =
  | {
      /** The program's absolute path, as it was found: some programs look at the name that they were started by. */
      readonly file: string;
    }
  | {
      /** Why there is none, as a sentence. */
      readonly problem: string;
    };

/** Where programs are not to be started from while an agent works there. */
export async function distrustedPlaces({ cwd, root, home }: PlacesOrder): Promise<DistrustedPlaces> {
  const homes = await bothNames(home);
  const workspaces: string[] = [];
  for (const name of await bothNames(cwd)) workspaces.push((await workspaceOf(name, homes)) ?? name);
  const named = [...workspaces, root];
  const names = (await Promise.all(named.map((directory) => bothNames(directory)))).flat();
  const directories = names.filter((name) => !homes.some((one) => isInside(name, one)));
  return { directories: [...new Set(directories)] };
}

/**
 * Finds a program that may be started: an absolute path, or a name to look up in the absolute entries of `path`. Neither the path
 * nor the file that it leads to may lie in a distrusted place. A look-up goes past what is distrusted to the next entry.
 */
export async function findTrustedProgram(
  name: string,
  path: string | undefined,
  places: DistrustedPlaces,
): Promise<TrustedProgram> {
  if (name === "" || name.includes("\0")) return { problem: "The command names no program." };
  if (isAbsolute(name)) {
    const state = await stateOf(resolve(name), places);
    return state === "trusted" ? { file: resolve(name) } : { problem: `The program ${name} ${reasons[state]}.` };
  }
  if (name.includes("/") || name.includes(sep)) {
    return {
      problem: `The program ${name} is named by a relative path; give an absolute one, or a name to look up in PATH.`,
    };
  }
  let why: Exclude<FileState, "trusted"> = "missing";
  for (const directory of absoluteEntries(path)) {
    const file = join(directory, name);
    const state = await stateOf(file, places);
    if (state === "trusted") return { file };
    if (why === "missing") why = state;
  }
  return { problem: `The program ${name} ${reasons[why]}; absolute entries of PATH searched: ${path ?? defaultPath}` };
}

/**
 * A PATH for a started program: the entries that are absolute and not in a distrusted place. A script's own interpreter is looked up
 * there (`#!/usr/bin/env node`), so a PATH with other entries would start what is not to be started.
 */
export async function trustedPath(path: string | undefined, places: DistrustedPlaces): Promise<string> {
  const kept: string[] = [];
  for (const directory of absoluteEntries(path)) {
    if (!isWithin(directory, places) && !isWithin(await realPathOf(directory), places)) kept.push(directory);
  }
  return kept.length === 0 ? defaultPath : kept.join(delimiter);
}

type FileState = "trusted" | "missing" | "notFile" | "forbidden" | "distrusted";

const reasons: Readonly<Record<Exclude<FileState, "trusted">, string>> = {
  missing: "was not found",
  notFile: "is not a file",
  forbidden: "is not executable",
  distrusted: "lies in the workspace that is worked on, and no program is started from there",
};

async function stateOf(file: string, places: DistrustedPlaces): Promise<FileState> {
  try {
    if (!(await stat(file)).isFile()) return "notFile";
  } catch {
    return "missing";
  }
  if (isWithin(file, places) || isWithin(await realPathOf(file), places)) return "distrusted";
  try {
    await access(file, constants.X_OK);
    return "trusted";
  } catch {
    return "forbidden";
  }
}

function absoluteEntries(path: string | undefined): readonly string[] {
  return (path ?? defaultPath).split(delimiter).filter((entry) => isAbsolute(entry));
}

function isWithin(file: string, { directories }: DistrustedPlaces): boolean {
  return directories.some((directory) => isInside(directory, resolve(file)));
}

/** The nearest directory with a marker, below the home directory and what is above that. */
async function workspaceOf(directory: string, homes: readonly string[]): Promise<string | undefined> {
  for (let place = directory; !homes.some((home) => isInside(place, home)); place = dirname(place)) {
    for (const marker of workspaceMarkers) if (await isThere(join(place, marker))) return place;
    if (place === dirname(place)) return undefined;
  }
  return undefined;
}

async function bothNames(path: string): Promise<readonly string[]> {
  const name = resolve(path);
  return [name, await realPathOf(name)];
}

async function isThere(path: string): Promise<boolean> {
  try {
    await lstat(path);
    return true;
  } catch {
    return false;
  }
}
