import { isAbsolute } from "node:path";
import { LaunchDenied } from "../agents/agent-program.ts";
import { distrustedPlaces, findTrustedProgram } from "../agents/trusted-program.ts";
import type { LookedAt } from "../agents/trusted-program.ts";

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
  const program = await findTrustedProgram("pi", search.path, await distrustedPlaces(search));
  if ("file" in program) return [program.file];
  throw new LaunchDenied(
    // What to do comes first: where there is little room, the rest is cut.
    "There is no pi that may be run. Install it outside of the workspace (npm install --global @earendil-works/pi-coding-agent), " +
      "or say where it is: RUNFOLD_PI_COMMAND=/absolute/path/to/pi for the command, launcher: " +
      `{ command: ["/absolute/path/to/pi"] } in code. ${lookedAt(program.looked)}`,
  );
}

async function named(command: readonly string[]): Promise<readonly string[]> {
  const [program] = command;
  if (program === undefined || !isAbsolute(program)) {
    throw new LaunchDenied(`launcher.command must begin with an absolute path; it is ${JSON.stringify(command)}.`);
  }
  const found = await findTrustedProgram(program, undefined, { directories: [] });
  if ("problem" in found) throw new LaunchDenied(`launcher.command cannot be run. ${found.problem}`);
  return command;
}

function lookedAt(looked: readonly LookedAt[]): string {
  if (looked.length === 0) return "PATH names no absolute directory.";
  const shown = looked.slice(0, placesShownMax).map((one) => `${one.file} (${said(one)})`);
  const more = looked.length > placesShownMax ? `, and ${looked.length - placesShownMax} more` : "";
  return `Looked at: ${shown.join(", ")}${more}.`;
}

function said({ problem, place }: LookedAt): string {
  if (problem === "distrusted") return `inside the workspace ${place}`;
  return { missing: "not there", notFile: "not a file", forbidden: "not executable" }[problem];
}
