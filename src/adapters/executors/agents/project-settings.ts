import { homedir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { isThere } from "./workspace-marks.ts";

/** Where the project that is worked on can plant settings for an agent program, in a directory or one above it. */
export const projectSettingsFiles: readonly string[] = [".pi/settings.json"];

/**
 * The first settings file of a project in `cwd` or above it, which an agent with shell tools would obey; undefined where there is none. That
 * of the user counts for nobody's project. Whatever has the name counts, a dangling symlink too.
 */
export async function plantedSettings(
  cwd: string,
  files: readonly string[] = projectSettingsFiles,
  environment: NodeJS.ProcessEnv = process.env,
): Promise<string | undefined> {
  const own = new Set(
    [environment["PI_CODING_AGENT_DIR"], join(environment["HOME"] ?? homedir(), ".pi", "agent")]
      .filter((directory) => directory !== undefined)
      .map((directory) => resolve(directory, "settings.json")),
  );
  for (let directory = resolve(cwd); ; directory = dirname(directory)) {
    for (const file of files) {
      const path = join(directory, file);
      if (!own.has(path) && (await isThere(path))) return path;
    }
    if (dirname(directory) === directory) return undefined;
  }
}
