import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { isInside, realPathOf } from "./inside.ts";
import { isThere, workspaceMarks } from "./workspace-marks.ts";

/** Tools of extensions that the host offers to agents: the name of each, and the file or directory of its extension. */
export type ExtensionInventory = ReadonlyMap<string, string>;

/** Skills that the host offers to agents: all of them to each. */
export interface SkillOffer {
  readonly name: string;
  /** The skill's file or directory. */
  readonly path: string;
}

/** Whose a file is: the project's that is worked on, that of a workspace around it, or none of both. */
export type SourceOrigin = "project" | "local" | "elsewhere";

/** Looks at a path as it is written and at where it leads. */
export async function originOf(path: string, root: string): Promise<SourceOrigin> {
  const paths = [path, await realPathOf(path)];
  const roots = [root, await realPathOf(root)];
  const lies = (directories: readonly string[]): boolean =>
    paths.some((one) => directories.some((directory) => isInside(directory, one)));
  if (lies(roots)) return "project";
  const workspaces = await Promise.all(roots.map(workspaceOf));
  return lies(workspaces.filter((workspace) => workspace !== undefined)) ? "local" : "elsewhere";
}

/**
 * The nearest directory at or above `path` that is marked as a workspace; a mark that leads nowhere counts, too. In the user's home the directories
 * of agent programs are their settings for all projects, and make it no workspace.
 */
async function workspaceOf(path: string): Promise<string | undefined> {
  for (let directory = path; ; directory = dirname(directory)) {
    const marks = directory === homedir() ? [".git"] : workspaceMarks;
    for (const mark of marks) {
      if (await isThere(join(directory, mark))) return directory;
    }
    if (dirname(directory) === directory) return undefined;
  }
}
