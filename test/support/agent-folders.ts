import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { repository } from "./built-command.ts";

/** A folder with real agent programs, installed apart from the project's own dependencies. */
export interface AgentFolder {
  readonly name: string;
  readonly path: string;
  /** Why it cannot be installed on this machine at all, or undefined. */
  readonly unfit: string | undefined;
}

const hasNode24 = process.platform === "linux" && process.arch === "x64";
const unlessNode24 = hasNode24
  ? undefined
  : `They bring a Node for linux x64, and this is ${process.platform} ${process.arch}.`;

export const agentFolders: readonly AgentFolder[] = [
  folder("node-20", undefined),
  // Its Node comes as a package, and there is one for this system alone.
  folder("node-24", unlessNode24),
  folder("gemini", undefined),
  // No agent, but what people try an MCP server with.
  folder("inspector", unlessNode24),
];

/** Where the setup of a test run says why a folder's programs could not be installed. */
export function problemVariable(folder: AgentFolder): string {
  return `RUNFOLD_AGENTS_PROBLEM_${folder.name.toUpperCase().replaceAll("-", "_")}`;
}

/** Why the programs of a folder cannot be run here, or undefined where they can. */
export function missingAgents(folder: AgentFolder): string | undefined {
  if (folder.unfit !== undefined) return folder.unfit;
  const problem = process.env[problemVariable(folder)];
  if (problem !== undefined) return problem;
  return isInstalled(folder.path) ? undefined : "They are not installed.";
}

interface LockedPackage {
  readonly version?: string;
  readonly optional?: boolean;
  readonly peer?: boolean;
}

/**
 * Whether the folder's `node_modules` holds what its lock file says. Npm writes its own account of that last, so that a broken-off
 * installation has none.
 */
export function isInstalled(path: string): boolean {
  const wanted = packagesOf(join(path, "package-lock.json"));
  const found = packagesOf(join(path, "node_modules/.package-lock.json"));
  if (wanted === undefined || found === undefined) return false;
  const isSame = Object.entries(found).every(([name, { version }]) => wanted[name]?.version === version);
  const required = Object.entries(wanted).filter(([name, entry]) => name !== "" && !mayBeLeftOut(entry));
  return isSame && required.every(([name]) => found[name] !== undefined && existsSync(join(path, name)));
}

function mayBeLeftOut({ optional, peer }: LockedPackage): boolean {
  return optional === true || peer === true;
}

function packagesOf(lockFile: string): Readonly<Record<string, LockedPackage>> | undefined {
  try {
    return (JSON.parse(readFileSync(lockFile, "utf8")) as { packages: Record<string, LockedPackage> }).packages;
  } catch {
    return undefined;
  }
}

function folder(name: string, unfit: string | undefined): AgentFolder {
  return { name, path: join(repository, "test/agents", name), unfit };
}
