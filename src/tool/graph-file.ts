import { GraphFileDenied, readGraphFile } from "../adapters/graph-files/read-graph-file.ts";
import { isRecord, type Fields } from "../domain/fields.ts";
import { limits } from "../domain/limits.ts";
import { quotedText } from "../domain/quoted-text.ts";
import type { InputSchema } from "./input-schema.ts";
import { schemaDiagnostics } from "./schema-diagnostics.ts";
import { error, type TeamDiagnostic } from "./team-diagnostic.ts";

export type LoadedGraph = { readonly graph: Fields } | { readonly diagnostics: readonly TeamDiagnostic[] };

/** What belongs into the call: a file that holds it was not written to be a graph. */
const controlFields = ["action", "runId", "graphFile", "run_status", "step_result", "message", "cancel", "cleanup"];

/** Reads a graph from a file below `root`, or tells everything that is wrong with how it is named, or with what it holds. */
export async function loadGraphFile(root: string, input: Fields, schema: InputSchema): Promise<LoadedGraph> {
  const { graphFile } = input;
  const wrong: TeamDiagnostic[] = [];
  if (input["action"] !== "start") wrong.push(problem("start-only", "graphFile belongs to start."));
  if (typeof graphFile !== "string" || graphFile.trim() === "")
    wrong.push(problem("required", "graphFile is no path."));
  if (input["graph"] !== undefined) wrong.push(problem("inline-graph-denied", "Give graph or graphFile, not both."));
  if (wrong.length > 0 || typeof graphFile !== "string") return { diagnostics: wrong };
  try {
    const text = await readGraphFile(root, graphFile, limits.toolGraphFileBytesMax);
    return graphOf(text, graphFile, schema);
  } catch (thrown) {
    if (!(thrown instanceof GraphFileDenied)) throw thrown;
    // What is no text is no JSON.
    const code = thrown.code === "text-invalid" ? "json-invalid" : thrown.code;
    return { diagnostics: [problem(code, `${quotedText(graphFile)} ${thrown.message}.`)] };
  }
}

function graphOf(text: string, path: string, schema: InputSchema): LoadedGraph {
  const named = quotedText(path);
  let graph: unknown;
  try {
    graph = JSON.parse(text.startsWith("\u{FEFF}") ? text.slice(1) : text);
  } catch (thrown) {
    // What Node says of broken JSON quotes it: fold it, as everything that others wrote.
    return { diagnostics: [problem("json-invalid", `${named} is not JSON: ${quotedText(reasonOf(thrown))}`)] };
  }
  if (!isRecord(graph)) return { diagnostics: [problem("object-required", `${named} holds no JSON object.`)] };
  const fields = controlFields.filter((field) => Object.hasOwn(graph, field));
  if (fields.length > 0) {
    const repair = "Leave them out of the file: it holds the graph alone.";
    const message = `${named} holds ${fields.join(", ")}, which belongs into the call.`;
    return {
      diagnostics: [error("graph-file-control-fields-denied", message, { path: "/graphFile", fields, repair })],
    };
  }
  const diagnostics = schemaDiagnostics(schema, graph, {
    code: "graph-file-schema-invalid",
    findingsMax: limits.diagnosticsMax,
    place: "/graph",
  });
  return diagnostics.length > 0 ? { diagnostics } : { graph };
}

function problem(code: string, message: string): TeamDiagnostic {
  const repair = "Name a JSON file in the working directory that holds a graph, or give the graph itself in graph.";
  return error(`graph-file-${code}`, message, { path: "/graphFile", fields: ["graphFile"], repair });
}

function reasonOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}
