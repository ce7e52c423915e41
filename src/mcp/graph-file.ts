import { GraphFileDenied, readGraphFile } from "../adapters/graph-files/read-graph-file.ts";
import { quotedText } from "../domain/quoted-text.ts";
import { limits } from "../index.ts";
import { Refusal } from "./problem.ts";

const advice = "Name a JSON file by its path below the server's root, or give the graph itself as graph.";

/**
 * The text of a graph file below the server's root.
 * @throws Refusal
 */
export async function graphFileText(root: string, name: string): Promise<string> {
  try {
    return await readGraphFile(root, name, limits.graphFileBytesMax);
  } catch (error) {
    if (!(error instanceof GraphFileDenied)) throw error;
    throw new Refusal("graph.unreadable", `The graph file ${quotedText(name)} ${error.message}.`, advice);
  }
}
