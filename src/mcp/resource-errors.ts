import {
  ProtocolError,
  ProtocolErrorCode,
  ResourceNotFoundError,
  type ReadResourceResult,
} from "@modelcontextprotocol/server";
import type { McpHost } from "./host.ts";
import { problemOf, problemText } from "./problem.ts";

type Names = Readonly<Record<string, string | undefined>>;

const unknown: ReadonlySet<string> = new Set(["run.unknown", "run.cleaned", "run.idInvalid", "artifact.unknown"]);
/** What another address may help with; anything else is wrong at the server. */
const asked: ReadonlySet<string> = new Set(["cursor.invalid", "graph.tooLarge"]);

/**
 * A reader of a resource whose errors say what to do. What a template matched is decoded first: it came as a part of an address.
 */
export function answering(host: McpHost, read: (uri: URL, names: Names) => Promise<ReadResourceResult>) {
  return async (uri: URL, matched?: unknown): Promise<ReadResourceResult> => {
    try {
      return await read(uri, decoded(matched));
    } catch (error) {
      throw refusalOf(host, error, uri);
    }
  };
}

/** What lists resources, with errors that say what to do. */
export function listing<Listed>(host: McpHost, list: () => Promise<Listed>): () => Promise<Listed> {
  return async () => {
    try {
      return await list();
    } catch (error) {
      throw refusalOf(host, error, undefined);
    }
  };
}

function refusalOf(host: McpHost, error: unknown, uri: URL | undefined): ProtocolError {
  const problem = problemOf(error);
  const { code, message, repair } = problem;
  if (code === "bug") host.onProblem?.(error);
  const text = problemText(problem);
  if (uri !== undefined && unknown.has(code)) return new ResourceNotFoundError(uri.href, text);
  const kind = asked.has(code) ? ProtocolErrorCode.InvalidParams : ProtocolErrorCode.InternalError;
  return new ProtocolError(kind, text, { code, message, repair });
}

/** What cannot be decoded names nothing. */
function decoded(matched: unknown): Names {
  const names: Record<string, string> = {};
  for (const [name, value] of Object.entries(matched ?? {})) {
    if (typeof value !== "string") continue;
    try {
      names[name] = decodeURIComponent(value);
    } catch (error) {
      if (!(error instanceof URIError)) throw error;
      names[name] = "";
    }
  }
  return names;
}
