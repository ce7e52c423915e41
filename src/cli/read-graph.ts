import { isUtf8 } from "node:buffer";
import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { quotedText } from "../domain/quoted-text.ts";
import { CommandError } from "./errors.ts";
import { saidBy, systemCode } from "./system-error.ts";
import { limits, parseGraphText, type Graph, type GraphDiagnostic } from "../index.ts";

export interface ReadGraph {
  readonly graph: Graph;
  /** What is questionable about it. */
  readonly warnings: readonly GraphDiagnostic[];
}

/**
 * Reads a graph from a file, or from standard input for `-`. No file can do harm: its size is looked at before it is read, and
 * what has no size, like a pipe, is read only so far.
 * @throws CommandError with every finding.
 */
export async function readGraph(path: string): Promise<ReadGraph> {
  const name = path === "-" ? "Standard input" : `The file ${quotedText(path)}`;
  const bytes = await readBytes(path, name);
  if (!isUtf8(bytes)) {
    throw new CommandError("graph.unreadable", `${name} is not UTF-8 text. Save the graph as JSON in UTF-8.`);
  }
  const parsed = parseGraphText(bytes.toString("utf8"));
  if (parsed.ok) return { graph: parsed.graph, warnings: parsed.diagnostics };
  const { diagnostics } = parsed;
  const count = diagnostics.length === 1 ? "1 finding" : `${diagnostics.length} findings`;
  throw new CommandError("graph.invalid", `${name} is not a graph that can be run: ${count}.`, { diagnostics });
}

async function readBytes(path: string, name: string): Promise<Buffer> {
  if (path === "-") return collect(process.stdin, name);
  try {
    const found = await stat(path);
    if (found.isDirectory()) {
      throw new CommandError("graph.unreadable", `${name} is a directory. Name the graph's JSON file.`);
    }
    if (found.isFile() && found.size > limits.graphFileBytesMax) throw tooLarge(name, `has ${found.size} bytes`);
    return await collect(createReadStream(path), name);
  } catch (error) {
    throw error instanceof CommandError ? error : unreadable(name, error);
  }
}

async function collect(source: AsyncIterable<Buffer>, name: string): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const piece of source) {
    bytes += piece.length;
    if (bytes > limits.graphFileBytesMax) throw tooLarge(name, "goes on");
    chunks.push(piece);
  }
  return Buffer.concat(chunks);
}

function tooLarge(name: string, size: string): CommandError {
  const message = `${name} ${size}; a graph has at most ${limits.graphFileBytesMax}. Split the work into several graphs, and keep large inputs in files of their own.`;
  return new CommandError("graph.tooLarge", message);
}

function unreadable(name: string, error: unknown): CommandError {
  const code = systemCode(error);
  if (code === "ENOENT" || code === "ENOTDIR") {
    return new CommandError("graph.unreadable", `${name} does not exist. Check the path.`);
  }
  return new CommandError(
    "graph.unreadable",
    `${name} cannot be read: ${saidBy(error)}. Check that this user may read it.`,
  );
}
