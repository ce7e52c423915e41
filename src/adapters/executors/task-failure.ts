import { cutText } from "../../domain/cut-text.ts";
import type { Failure, FailureKind } from "../../domain/failure.ts";
import { limits } from "../../domain/limits.ts";
import type { AttemptResult, StopRequest } from "../../ports/executor.ts";

/** Causes of causes that a message names. */
const causesMax = 8;

export function failedTask(kind: FailureKind, message: string, final = false): AttemptResult {
  return { type: "failed", failure: { kind, message: cut(message), ...(final ? { final } : {}) } };
}

/** The failure of a task that threw. After a request to stop, that is how a task obeys, whatever it threw. */
export function thrownFailure(error: unknown, request: StopRequest | undefined): Failure {
  const message = cut(describe(error));
  if (request === undefined) return { kind: "thrown", message };
  return { kind: request.cause === "timedOut" ? "timedOut" : "aborted", message };
}

/** `Name: message` of an error and of what caused it. Anything can be thrown, so nothing here may throw. */
export function describe(error: unknown): string {
  const lines: string[] = [];
  const seen = new Set<unknown>();
  let current = error;
  while (lines.length <= causesMax && !seen.has(current)) {
    seen.add(current);
    lines.push(`${lines.length === 0 ? "" : "caused by "}${nameAndMessage(current)}`);
    const cause = causeOf(current);
    if (cause === undefined) break;
    current = cause;
  }
  return lines.join("\n");
}

function nameAndMessage(error: unknown): string {
  try {
    if (error instanceof Error) return error.message === "" ? error.name : `${error.name}: ${error.message}`;
    if (typeof error === "string") return error;
    return `Thrown: ${JSON.stringify(error) ?? typeof error}`;
  } catch {
    return "Thrown: a value that cannot be shown";
  }
}

function causeOf(error: unknown): unknown {
  try {
    return error instanceof Error ? error.cause : undefined;
  } catch {
    return undefined;
  }
}

function cut(message: string): string {
  return cutText(message, limits.failureMessageCharsMax);
}
