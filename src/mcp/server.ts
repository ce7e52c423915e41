import { readFileSync } from "node:fs";
import { McpServer } from "@modelcontextprotocol/server";
import type { McpHost } from "./host.ts";
import { offerArtifacts } from "./resources/artifact-resources.ts";
import { offerEvents } from "./resources/events-resources.ts";
import { offerGraphs } from "./resources/graph-resources.ts";
import { offer } from "./tool.ts";
import { runCancel } from "./tools/run-cancel.ts";
import { runCleanup } from "./tools/run-cleanup.ts";
import { runList } from "./tools/run-list.ts";
import { runMessage } from "./tools/run-message.ts";
import { runStart } from "./tools/run-start.ts";
import { runStatus } from "./tools/run-status.ts";
import { runWait } from "./tools/run-wait.ts";
import { stepResult } from "./tools/step-result.ts";

const instructions =
  "Runfold runs graphs of steps (commands, agents). run_start returns at once; then call run_wait with the cursor of the last answer " +
  "until the run has ended, and step_result for what its sinks gave. A run's id stays good, also after a restart of this server.";

/**
 * A server of the Model Context Protocol with the tools and resources of Runfold, for any transport of the official SDK and both eras
 * of the protocol. It keeps nothing itself; whoever made the host closes it.
 */
export function createMcpServer(host: McpHost): McpServer {
  const server = new McpServer(
    { name: "runfold", title: "Runfold", version: version() },
    { instructions, capabilities: { tools: { listChanged: false }, resources: { listChanged: false } } },
  );
  offer(server, host, runStart);
  offer(server, host, runStatus);
  offer(server, host, runWait);
  offer(server, host, stepResult);
  offer(server, host, runMessage);
  offer(server, host, runCancel);
  offer(server, host, runCleanup);
  offer(server, host, runList);
  offerGraphs(server, host);
  offerEvents(server, host);
  offerArtifacts(server, host);
  return server;
}

function version(): string {
  // As far from here in `src` as it is in `dist`.
  const text = readFileSync(new URL("../../package.json", import.meta.url), "utf8");
  return (JSON.parse(text) as { readonly version: string }).version;
}
