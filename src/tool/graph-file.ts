import { constants } from "node:fs";
import { lstat, open, realpath, type FileHandle } from "node:fs/promises";
import { isAbsolute, join, relative, resolve, sep } from "node:path";
import { isRecord, type Fields } from "../domain/fields.ts";
import { limits } from "../domain/limits.ts";
import { quotedText } from "../domain/quoted-text.ts";
import type { InputSchema } from "./input-schema.ts";
import { schemaDiagnostics } from "./schema-diagnostics.ts";
import { error, type TeamDiagnostic } from "./team-diagnostic.ts";

export type LoadedGraph = { readonly graph: Fields } | { readonly diagnostics: readonly TeamDiagnostic[] };

/** What belongs into the call: a file that holds it was not written to be a graph. */
const controlFields = ["action", "runId", "graphFile", "run_status", "step_result", "message", "cancel", "cleanup"];

/**
 * Reads a graph from a file below `cwd`. A path that leaves it is refused by its text alone, so that nothing outside is looked at, and no
 * part of the path may be a symlink. What is read is what was checked: the file is opened without following a link, and looked at once it
 * is open.
 */
export async function loadGraphFile(cwd: string, input: Fields, schema: InputSchema): Promise<LoadedGraph> {
  const { graphFile } = input;
  const wrong: TeamDiagnostic[] = [];
  if (input["action"] !== "start") wrong.push(problem("start-only", "graphFile belongs to start."));
  if (typeof graphFile !== "string" || graphFile.trim() === "")
    wrong.push(problem("required", "graphFile is no path."));
  if (input["graph"] !== undefined) wrong.push(problem("inline-graph-denied", "Give graph or graphFile, not both."));
  if (wrong.length > 0 || typeof graphFile !== "string") return { diagnostics: wrong };
  try {
    const text = await readBelow(cwd, graphFile);
    return graphOf(text, graphFile, schema);
  } catch (thrown) {
    if (thrown instanceof Denied) return { diagnostics: [problem(thrown.code, thrown.message)] };
    throw thrown;
  }
}

class Denied extends Error {
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

async function readBelow(cwd: string, path: string): Promise<string> {
  const named = quotedText(path);
  if (path.includes("\0")) throw new Denied("path-invalid", `${named} has a NUL byte in it.`);
  if (isAbsolute(path)) throw new Denied("absolute-denied", `${named} is absolute; write it relative to ${cwd}.`);
  if (!path.endsWith(".json")) throw new Denied("extension-invalid", `${named} does not end in .json.`);
  const root = await realpath(cwd).catch((thrown: unknown) => {
    throw new Denied("cwd-invalid", `${cwd} cannot be resolved: ${reasonOf(thrown)}`);
  });
  const below = relative(root, resolve(root, path));
  if (isOutside(below)) throw new Denied("path-escape-denied", `${named} is outside ${root}.`);
  let place = root;
  const segments = below.split(sep);
  for (const [index, segment] of segments.entries()) {
    place = join(place, segment);
    const stats = await lstat(place).catch((thrown: unknown) => {
      throw new Denied("unreadable", `${named} cannot be read: ${reasonOf(thrown)}`);
    });
    if (stats.isSymbolicLink()) throw new Denied("symlink-denied", `${named} is reached through a symlink.`);
    const isLast = index === segments.length - 1;
    if (isLast && !stats.isFile()) throw new Denied("not-file", `${named} is not a regular file.`);
    if (isLast && stats.size > limits.toolGraphFileBytesMax) throw tooLarge(named);
  }
  // Were a segment swapped for a symlink since it was looked at, the real path would tell.
  const real = await realpath(place).catch((thrown: unknown) => {
    throw new Denied("unreadable", `${named} cannot be read: ${reasonOf(thrown)}`);
  });
  if (isOutside(relative(root, real))) throw new Denied("path-escape-denied", `${named} leads out of ${root}.`);
  return await readOpened(real, named);
}

async function readOpened(path: string, named: string): Promise<string> {
  // Should it have become a pipe, opening it must not wait for a writer.
  const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
  const file = await open(path, flags).catch((thrown: unknown) => {
    throw new Denied("open-failed", `${named} cannot be opened: ${reasonOf(thrown)}`);
  });
  try {
    const stats = await file.stat().catch((thrown: unknown) => {
      throw new Denied("stat-failed", `${named} cannot be looked at: ${reasonOf(thrown)}`);
    });
    if (!stats.isFile()) throw new Denied("not-file", `${named} is not a regular file.`);
    if (stats.size > limits.toolGraphFileBytesMax) throw tooLarge(named);
    return await readAll(file, named);
  } finally {
    await file.close();
  }
}

async function readAll(file: FileHandle, named: string): Promise<string> {
  const buffer = Buffer.alloc(limits.toolGraphFileBytesMax + 1);
  let bytes = 0;
  for (;;) {
    const { bytesRead } = await file.read(buffer, bytes, buffer.length - bytes).catch((thrown: unknown) => {
      throw new Denied("read-failed", `${named} cannot be read: ${reasonOf(thrown)}`);
    });
    bytes += bytesRead;
    if (bytes > limits.toolGraphFileBytesMax) throw tooLarge(named);
    if (bytesRead === 0) return buffer.toString("utf8", 0, bytes);
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

function tooLarge(named: string): Denied {
  return new Denied("too-large", `${named} has more than ${limits.toolGraphFileBytesMax} bytes.`);
}

function isOutside(below: string): boolean {
  return below === ".." || below.startsWith(`..${sep}`) || isAbsolute(below);
}

function reasonOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}
