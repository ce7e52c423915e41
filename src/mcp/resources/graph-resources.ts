import { readFile } from "node:fs/promises";
import { ResourceTemplate, type McpServer } from "@modelcontextprotocol/server";
import { limits } from "../../index.ts";
import { printableLine } from "../../domain/printable.ts";
import { harmlessJson } from "../bounded-text.ts";
import { findRun } from "../find-run.ts";
import type { McpHost } from "../host.ts";
import { Refusal } from "../problem.ts";
import { answering, listing } from "../resource-errors.ts";
import { graphSchemaUri, graphTemplate, graphUri } from "../resource-uris.ts";

const mimeType = "application/json";
// As far from here in `src` as it is in `dist`.
const schemaFile = new URL("../../../schema/graph.schema.json", import.meta.url);

/** The graph of each run, and the schema that says what a graph is. */
export function offerGraphs(server: McpServer, host: McpHost): void {
  server.registerResource(
    "graph-schema",
    graphSchemaUri,
    { title: "JSON Schema of graphs", description: "What run_start takes as a graph.", mimeType },
    answering(host, async (uri) => ({
      contents: [{ uri: uri.href, mimeType, text: await readFile(schemaFile, "utf8") }],
    })),
  );
  server.registerResource(
    "run-graph",
    new ResourceTemplate(graphTemplate, { list: listing(host, async () => ({ resources: await newestGraphs(host) })) }),
    { title: "Graph of a run", description: "The graph that a run executes, as JSON.", mimeType },
    answering(host, async (uri, { runId }) => {
      const { run } = await findRun(host, runId ?? "");
      const text = harmlessJson(run.snapshot().graph);
      if (Buffer.byteLength(text) > limits.mcpResourceBytesMax) throw tooLarge(run.id);
      return { contents: [{ uri: uri.href, mimeType, text }] };
    }),
  );
}

async function newestGraphs(host: McpHost) {
  const runs = await host.runs();
  const newest = ((await runs?.runtime.list()) ?? []).slice(-limits.mcpRunsMax).toReversed();
  return newest.map(({ id, name, status }) => ({
    uri: graphUri(id),
    name: `${id}/graph`,
    title: `Graph ${printableLine(name, limits.mcpTextCharsMax)} of run ${id} (${status})`,
    mimeType,
  }));
}

function tooLarge(run: string): Refusal {
  return new Refusal(
    "graph.tooLarge",
    `The graph of run ${run} has more than ${limits.mcpResourceBytesMax} bytes.`,
    `Look at its steps with run_status and stepId.`,
  );
}
