import { constants } from "node:fs";
import { access, stat } from "node:fs/promises";
import { homedir } from "node:os";
import { delimiter, dirname, isAbsolute, join, resolve, sep } from "node:path";
import type { Attempt } from "../../../ports/executor.ts";
import { isInside, realPathOf } from "./inside.ts";
import { isThere, workspaceMarks } from "./workspace-marks.ts";

/** Where POSIX shells look when there is no PATH. */
const defaultPath = "/usr/bin:/bin";

/** Whatever is worked on may have been written by anyone, so no program is started from there. */
export interface DistrustedPlaces {
  /** Absolute directories, as they are named and as they really are. */
  readonly directories: readonly string[];
}

export interface PlacesOrder {
  /** Where the step works, by each name that it has. Of each, the nearest directory at or above it with a marker is distrusted, else itself. */
  readonly places: readonly string[];
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
      /** The files that were looked at, in that order. */
      readonly looked: readonly LookedAt[];
    };

/** A file that is not to be started, or cannot be. */
export interface LookedAt {
  readonly file: string;
  readonly problem: FileProblem;
  /** The distrusted directory that it lies in, where that is the problem. */
  readonly place?: string;
}

export type FileProblem = "missing" | "notFile" | "forbidden" | "distrusted";

/** Where no program is to be started from for an attempt that works in `cwd`. */
export function distrustedFor({ root, step }: Pick<Attempt, "root" | "step">, cwd: string): Promise<DistrustedPlaces> {
  return distrustedPlaces({ places: [cwd, resolve(root, step.cwd ?? ".")], root, home: homedir() });
}

/** Where programs are not to be started from while an agent works there. */
export async function distrustedPlaces({ places, root, home }: PlacesOrder): Promise<DistrustedPlaces> {
  const homes = await bothNames(home);
  const workspaces: string[] = [];
  for (const place of places) {
    for (const name of await bothNames(place)) workspaces.push((await workspaceOf(name, homes)) ?? name);
  }
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
  if (name === "" || name.includes("\0")) return { problem: "The command names no program.", looked: [] };
  if (isAbsolute(name)) {
    const file = resolve(name);
    const seen = await lookAt(file, places);
    return seen === undefined ? { file } : { problem: `The program ${name} ${reasons[seen.problem]}.`, looked: [seen] };
  }
  if (name.includes("/") || name.includes(sep)) {
    return {
      problem: `The program ${name} is named by a relative path; give an absolute one, or a name to look up in PATH.`,
      looked: [],
    };
  }
  const looked: LookedAt[] = [];
  for (const directory of absoluteEntries(path)) {
    const file = join(directory, name);
    const seen = await lookAt(file, places);
    if (seen === undefined) return { file };
    looked.push(seen);
  }
  const why = looked.find(({ problem }) => problem !== "missing")?.problem ?? "missing";
  return {
    problem: `The program ${name} ${reasons[why]}; absolute entries of PATH searched: ${path ?? defaultPath}`,
    looked,
  };
}

/**
 * A PATH for a started program: the entries that are absolute and not in a distrusted place. A script's own interpreter is looked up
 * there (`#!/usr/bin/env node`), so a PATH with other entries would start what is not to be started.
 */
export async function trustedPath(path: string | undefined, places: DistrustedPlaces): Promise<string> {
  const kept: string[] = [];
  for (const directory of absoluteEntries(path)) {
    if ((await placeOf(directory, places)) === undefined) kept.push(directory);
  }
  return kept.length === 0 ? defaultPath : kept.join(delimiter);
}

const reasons: Readonly<Record<FileProblem, string>> = {
  missing: "was not found",
  notFile: "is not a file",
  forbidden: "is not executable",
  distrusted: "lies in the workspace that is worked on, and no program is started from there",
};

/** What is wrong with a file, or undefined where it may be started. */
async function lookAt(file: string, places: DistrustedPlaces): Promise<LookedAt | undefined> {
  try {
    if (!(await stat(file)).isFile()) return { file, problem: "notFile" };
  } catch {
    return { file, problem: "missing" };
  }
  const place = await placeOf(file, places);
  if (place !== undefined) return { file, problem: "distrusted", place };
  try {
    await access(file, constants.X_OK);
    return undefined;
  } catch {
    return { file, problem: "forbidden" };
  }
}

function absoluteEntries(path: string | undefined): readonly string[] {
  return (path ?? defaultPath).split(delimiter).filter((entry) => isAbsolute(entry));
}

/** The distrusted directory that a file lies in, by its name or really. */
async function placeOf(file: string, { directories }: DistrustedPlaces): Promise<string | undefined> {
  const names = await bothNames(file);
  return directories.find((directory) => names.some((name) => isInside(directory, name)));
}

/** The nearest directory with a marker, below the home directory and what is above that. */
async function workspaceOf(directory: string, homes: readonly string[]): Promise<string | undefined> {
  for (let place = directory; !homes.some((home) => isInside(place, home)); place = dirname(place)) {
    for (const mark of workspaceMarks) if (await isThere(join(place, mark))) return place;
    if (place === dirname(place)) return undefined;
  }
  return undefined;
}

async function bothNames(path: string): Promise<readonly string[]> {
  const name = resolve(path);
  return [name, await realPathOf(name)];
}
