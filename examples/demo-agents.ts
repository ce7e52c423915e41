import { spawn } from "node:child_process";
import { cp, mkdtemp, realpath, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { writeAgentDirectory } from "../test/support/model-server/agent-directory.ts";
import { ModelServer } from "../test/support/model-server/model-server.ts";
import { reviewTeamScript } from "./review-team-script.ts";

export interface DemoOptions {
  /** What starts the command: a program and its first arguments. */
  readonly command: readonly string[];
  /** What starts pi. */
  readonly pi: readonly string[];
  /** How long the scripted model thinks at a time. */
  readonly paceMs: number;
  /** Is given what the command writes. Default: it writes to this terminal. */
  readonly onOutput?: (text: string) => void;
}

const repository = fileURLToPath(new URL("..", import.meta.url));
const graph = join(repository, "examples/graphs/review-team.json");

/**
 * Has a review team of real pis look at a copy of this repository's documents, with a scripted model in place of a real one: no key and
 * no network is needed. The copy lies elsewhere because no program is run from inside of what agents work on, and their pi is
 * installed in this repository. Resolves with the command's exit code.
 */
export async function demoAgents(options: DemoOptions): Promise<number | null> {
  const place = await realpath(await mkdtemp(join(tmpdir(), "runfold-demo-")));
  const server = await ModelServer.open({ "review-team": reviewTeamScript(options.paceMs) });
  try {
    const workspace = join(place, "workspace");
    for (const part of ["README.md", "package.json", "docs", "examples"]) {
      await cp(join(repository, part), join(workspace, part), { recursive: true });
    }
    const agentDirectory = join(place, "agent");
    await writeAgentDirectory(agentDirectory, { url: server.url, models: ["fake-review-team"] });
    const environment = {
      ...process.env,
      RUNFOLD_PI_COMMAND: JSON.stringify(options.pi),
      RUNFOLD_PI_DIRECTORY: agentDirectory,
    };
    return await run([...options.command, "run", graph, "--id", "demo"], workspace, environment, options.onOutput);
  } finally {
    await server.close();
    await rm(place, { recursive: true, force: true, maxRetries: 10 });
  }
}

async function run(
  [program = "", ...args]: readonly string[],
  cwd: string,
  env: NodeJS.ProcessEnv,
  onOutput: DemoOptions["onOutput"],
): Promise<number | null> {
  const stdio = onOutput === undefined ? "inherit" : "pipe";
  const child = spawn(program, args, { cwd, env, stdio });
  for (const stream of [child.stdout, child.stderr]) stream?.setEncoding("utf8").on("data", (text) => onOutput?.(text));
  return await new Promise((resolve, reject) => child.on("error", reject).on("close", resolve));
}
