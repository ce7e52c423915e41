import { constants } from "node:fs";
import { access, lstat, realpath, stat } from "node:fs/promises";
import { delimiter, dirname, isAbsolute, join, resolve, sep } from "node:path";

/** What stands in the top directory of a workspace. One that leads nowhere counts as well. */
const workspaceMarkers = [".git", ".pi"];

/** Where POSIX shells look when there is no PATH. */
const defaultPath = "/usr/bin:/bin";

/** Whatever is worked on may have been written by anyone, so no program is started from there. */
export interface DistrustedPlaces {
  /** Absolute directories, as they were named and as they really are. */
  readonly directories: readonly string[];
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

/**
 * The workspaces of these directories: of each, the nearest directory at or above it with a marker, else the directory itself.
 * Relative directories are resolved against the process's own.
 */
export async function distrustedPlaces(workedOn: readonly string[]): Promise<DistrustedPlaces> {
  const directories = new Set<string>();
  for (const directory of workedOn.map((path) => resolve(path))) {
    for (const place of [directory, await realOf(directory)]) {
      const workspace = await workspaceOf(place);
      directories.add(workspace);
      directories.add(await realOf(workspace));
    }
  }
  return { directories: [...directories] };
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
    if (!isWithin(directory, places) && !isWithin(await realOf(directory), places)) kept.push(directory);
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
  if (isWithin(file, places) || isWithin(await realOf(file), places)) return "distrusted";
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
  const place = resolve(file) + sep;
  return directories.some((directory) => place.startsWith(directory.endsWith(sep) ? directory : directory + sep));
}

async function workspaceOf(directory: string): Promise<string> {
  for (let place = directory; ; place = dirname(place)) {
    for (const marker of workspaceMarkers) if (await isThere(join(place, marker))) return place;
    if (place === dirname(place)) return directory;
  }
}

async function isThere(path: string): Promise<boolean> {
  try {
    await lstat(path);
    return true;
  } catch {
    return false;
  }
}

/** The real path; the path itself where nothing is there. */
async function realOf(path: string): Promise<string> {
  try {
    return await realpath(path);
  } catch {
    return path;
  }
}
