import { execFile } from "node:child_process";
import { copyFile, mkdir, mkdtemp, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { agentFolders, isInstalled, problemVariable } from "./agent-folders.ts";
import type { AgentFolder } from "./agent-folders.ts";
import { repository } from "./built-command.ts";

/** Programs for desktops and other systems are left out: what the tests drive needs none of them. */
const installation = ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--omit=optional", "--loglevel=error"];
/** A machine without a network should be told so soon. */
const patience = ["--prefer-offline", "--fetch-retries=1", "--fetch-retry-mintimeout=1000"];

/**
 * Installs the real agent programs that tests drive, where they are missing or others than their lock file says. Where that fails,
 * tests that need them are skipped with the reason; where they are required (in CI) nothing is tested at all.
 */
export async function setup(): Promise<void> {
  const isRequired = [process.env["CI"], process.env["RUNFOLD_REQUIRE_AGENTS"]].some((value) => isOn(value));
  // Both are seen out before one that failed is told, so that nothing is left half done.
  const provided = await Promise.allSettled(agentFolders.map((folder) => provideAgents(folder, isRequired)));
  for (const one of provided) if (one.status === "rejected") throw one.reason;
}

async function provideAgents(folder: AgentFolder, isRequired: boolean): Promise<void> {
  delete process.env[problemVariable(folder)];
  if (folder.unfit !== undefined) {
    console.log(`The agents of test/agents/${folder.name} are not installed. ${folder.unfit}`);
    return;
  }
  if (isInstalled(folder.path)) return;
  console.log(`Installing the agents of test/agents/${folder.name}, once …`);
  try {
    await installAgents(folder.path);
  } catch (error) {
    const problem = `The agents of test/agents/${folder.name} could not be installed: ${reasonOf(error)}`;
    if (isRequired) throw new Error(problem, { cause: error });
    console.log(problem);
    process.env[problemVariable(folder)] = problem;
  }
}

/**
 * Installs what a folder's lock file says elsewhere on the same disk, and moves it to the folder at once: two test runs that do
 * this at the same time both end with a whole installation, and one that is killed leaves none that is half done.
 */
export async function installAgents(path: string): Promise<void> {
  await mkdir(join(repository, "build"), { recursive: true });
  const workplace = await mkdtemp(join(repository, "build", "agents-"));
  try {
    for (const file of ["package.json", "package-lock.json"]) await copyFile(join(path, file), join(workplace, file));
    await promisify(execFile)("npm", [...installation, ...patience], { cwd: workplace });
    if (!isInstalled(workplace)) throw new Error("Npm left out something that the lock file requires.");
    await moveInto(join(workplace, "node_modules"), path, join(workplace, "old"));
  } finally {
    await rm(workplace, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** Another test run may do the same in between: each turn looks anew, and whoever comes second leaves the first one's. */
async function moveInto(modules: string, path: string, old: string): Promise<void> {
  const target = join(path, "node_modules");
  for (let turn = 0; !isInstalled(path); turn++) {
    try {
      await rename(target, `${old}-${turn}`).catch(unlessMissing);
      await rename(modules, target);
    } catch (error) {
      if (turn === 3) throw error;
    }
  }
}

function unlessMissing(error: NodeJS.ErrnoException): void {
  if (error.code !== "ENOENT") throw error;
}

function isOn(value: string | undefined): boolean {
  return value !== undefined && !["", "0", "false"].includes(value);
}

function reasonOf(error: unknown): string {
  const said = (error as { stderr?: string }).stderr?.replaceAll(/^npm error /gm, "").trim() ?? "";
  return said === "" ? String(error) : said.split("\n").slice(0, 4).join("; ");
}
