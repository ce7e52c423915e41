import { lstat } from "node:fs/promises";

/** What stands in the top directory of a workspace: that of a repository, and those in which projects set agent programs up. */
export const workspaceMarks: readonly string[] = [".git", ".pi", ".runfold"];

/**
 * Whether something has this path, a link that leads nowhere included. Only what is surely not there is not: a directory that must not be
 * looked into may hide it.
 */
export async function isThere(path: string): Promise<boolean> {
  try {
    await lstat(path);
    return true;
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : undefined;
    return code !== "ENOENT" && code !== "ENOTDIR";
  }
}
