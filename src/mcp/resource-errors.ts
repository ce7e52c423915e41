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

/**
 * A reader of a resource whose errors say what to do. What a template matched is decoded first: it came as a part of an address.
 */
export function answering(host: McpHost, read: (uri: URL, names: Names) => Promise<ReadResourceResult>) {
  return async (uri: URL, matched?: unknown): Promise<ReadResourceResult> => {
    try {
      return await read(uri, decoded(matched));
    } catch (error) {
      const problem = problemOf(error);
      if (problem.code === "bug") host.onBug?.(error);
      const text = problemText(problem);
      if (unknown.has(problem.code)) throw new ResourceNotFoundError(uri.href, text);
      const { code, message, repair } = problem;
      throw new ProtocolError(
        problem.code === "bug" ? ProtocolErrorCode.InternalError : ProtocolErrorCode.InvalidParams,
        text,
        { code, message, repair },
      );
    }
  };
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
