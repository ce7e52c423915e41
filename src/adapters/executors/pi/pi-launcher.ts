import { constants } from "node:fs";
import { access, stat } from "node:fs/promises";
import { delimiter, isAbsolute, join } from "node:path";
import { LaunchDenied } from "../agents/agent-program.ts";
import { isInside } from "../agents/inside.ts";
import { bothNames, deniedRoots } from "./pi-workspace.ts";

/** How pi is started, where the host says so: the program as an absolute path, and the arguments that come before those of Runfold. */
export interface PiLauncher {
  readonly command: readonly string[];
}

export interface LauncherSearch {
  /** The run's directory. */
  readonly root: string;
  /** The step's working directory, by each name that it has. */
  readonly places: readonly string[];
  readonly path: string | undefined;
  readonly home: string;
}

/** How many of the places that were looked at a message names. */
const placesShownMax = 12;

/**
 * The command that starts pi. What the host names is taken as it is; else `pi` is looked up in `PATH`, in absolute directories
 * alone and never in the workspace, by name or through a link.
 *
 * @throws LaunchDenied naming what was looked at
 */
export async function findLauncher(
  launcher: PiLauncher | undefined,
  search: LauncherSearch,
): Promise<readonly string[]> {
  if (launcher !== undefined) return named(launcher.command);
  const denied = await deniedRoots(search.places, [search.root], search.home);
  const looked: string[] = [];
  for (const directory of (search.path ?? "").split(delimiter)) {
    if (!isAbsolute(directory)) continue;
    const file = join(directory, "pi");
    const problem = (await problemOf(file)) ?? (await trespass(file, denied));
    if (problem === undefined) return [file];
    looked.push(`${file} (${problem})`);
  }
  throw new LaunchDenied(
    `There is no pi that may be run. ${lookedAt(looked)} Install it outside of the workspace ` +
      "(npm install --global @earendil-works/pi-coding-agent), put its directory into PATH, or name it as " +
      'launcher: { command: ["/absolute/path/to/pi"] }.',
  );
}

async function named(command: readonly string[]): Promise<readonly string[]> {
  const [program] = command;
  if (program === undefined || !isAbsolute(program)) {
    throw new LaunchDenied(`launcher.command must begin with an absolute path; it is ${JSON.stringify(command)}.`);
  }
  const problem = await problemOf(program);
  if (problem !== undefined)
    throw new LaunchDenied(`launcher.command names ${program}, which cannot be run: ${problem}.`);
  return command;
}

function lookedAt(looked: readonly string[]): string {
  if (looked.length === 0) return "PATH names no absolute directory.";
  const more = looked.length > placesShownMax ? `, and ${looked.length - placesShownMax} more` : "";
  return `Looked at: ${looked.slice(0, placesShownMax).join(", ")}${more}.`;
}

async function trespass(file: string, denied: readonly string[]): Promise<string | undefined> {
  for (const name of await bothNames(file)) {
    const root = denied.find((one) => isInside(one, name));
    if (root !== undefined) return `inside the workspace ${root}`;
  }
  return undefined;
}

async function problemOf(file: string): Promise<string | undefined> {
  try {
    if (!(await stat(file)).isFile()) return "not a file";
  } catch {
    return "not there";
  }
  try {
    await access(file, constants.X_OK);
    return undefined;
  } catch {
    return "not executable";
  }
}
