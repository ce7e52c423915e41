import { existsSync } from "node:fs";
import { mkdir, mkdtemp, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { openRuntime } from "runfold";
import type { AgentOptions, Runtime } from "runfold";
import { sqliteJournal } from "runfold/sqlite";
import { agentFolders, missingAgents } from "./agent-folders.ts";
import type { ModelServer } from "./model-server/model-server.ts";

const folder = agentFolders.find(({ name }) => name === "gemini")!;
const program = join(folder.path, "node_modules/@google/gemini-cli/bundle/gemini.js");

/** Why the Gemini command line cannot be run here, or undefined. */
export const missingGemini = missingAgents(folder);

/** A runtime with agents of kind `gemini`, in a place that is gone when the test is over. */
export interface GeminiPlace {
  /** The whole of it; a real path, by which its processes can be found. */
  readonly directory: string;
  readonly workspace: string;
  readonly runtime: Runtime;
  /** Whether a file is in the workspace. */
  has(name: string): boolean;
}

/** Agents that are the real Gemini command line, over the Agent Client Protocol, and ask a model server of this machine. */
export async function geminiPlace(server: ModelServer): Promise<GeminiPlace> {
  const directory = await realpath(await mkdtemp(join(tmpdir(), "runfold-real-gemini-")));
  onTestFinished(() => rm(directory, { recursive: true, force: true, maxRetries: 10 }));
  const workspace = join(directory, "workspace");
  for (const name of ["workspace", "home", "tmp"]) await mkdir(join(directory, name));
  await writeFile(join(workspace, "notes.txt"), "The tide turns at seven.\n");
  const runtime = await openRuntime({
    root: workspace,
    journal: sqliteJournal(join(directory, "runs.db")),
    agents: agentsOf(directory, server),
  });
  onTestFinished(() => runtime.close());
  return { directory, workspace, runtime, has: (name) => existsSync(join(workspace, name)) };
}

function agentsOf(directory: string, { origin }: ModelServer): AgentOptions {
  return {
    acp: [
      {
        kind: "gemini",
        command: [process.execPath, program, "--acp", "--skip-trust", "-m", "gemini-2.5-flash"],
        authenticate: "gemini-api-key",
        environment: {
          HOME: join(directory, "home"),
          TMPDIR: join(directory, "tmp"),
          GEMINI_API_KEY: "fake-key",
          GOOGLE_GEMINI_BASE_URL: origin,
          GEMINI_TELEMETRY_ENABLED: "false",
        },
      },
    ],
  };
}
