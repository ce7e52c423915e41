import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readdir, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, sep } from "node:path";
import { onTestFinished } from "vitest";
import { writeAgentDirectory } from "./model-server/agent-directory.ts";
import type { AgentDirectoryOptions } from "./model-server/agent-directory.ts";

/** Where a real pi works in a test, gone when the test is over. */
export interface PiPlace {
  /** The whole of it; a real path, by which its processes can be found. */
  readonly directory: string;
  /** Its settings and models. */
  readonly agentDirectory: string;
  /** A project with a file `notes.txt`. */
  readonly workspace: string;
  /** Where temporary files go while the test runs: empty when nothing is left. */
  readonly temporary: string;
  /** Whether a file is in the workspace. */
  has(name: string): boolean;
}

export async function piPlace(options: AgentDirectoryOptions): Promise<PiPlace> {
  const directory = await realpath(await mkdtemp(join(tmpdir(), "runfold-real-pi-")));
  onTestFinished(() => rm(directory, { recursive: true, force: true, maxRetries: 10 }));
  const [agentDirectory, workspace, temporary] = ["agent", "workspace", "tmp"].map((name) => join(directory, name)) as [
    string,
    string,
    string,
  ];
  await writeAgentDirectory(agentDirectory, options);
  for (const made of [workspace, temporary]) await mkdir(made);
  setTemporary(temporary);
  const has = (name: string): boolean => existsSync(join(workspace, name));
  const place = { directory, agentDirectory, workspace, temporary, has };
  await writeFile(join(place.workspace, "notes.txt"), "The tide turns at seven.\n");
  return place;
}

/** What this process and its children write to a temporary directory, they write there until the test is over. */
function setTemporary(directory: string): void {
  const before = process.env["TMPDIR"];
  process.env["TMPDIR"] = directory;
  onTestFinished(() => {
    if (before === undefined) delete process.env["TMPDIR"];
    else process.env["TMPDIR"] = before;
  });
}

/**
 * What is left in a directory for temporary files, by its path from there. What a Node has compiled is no rest of anything: newer pis
 * have it kept there, once for all.
 */
export async function filesLeft(directory: string): Promise<string[]> {
  const left = await readdir(directory, { recursive: true });
  return left.filter((path) => path.split(sep)[0] !== "node-compile-cache").toSorted();
}
