import { commitSchema, type Commit } from "../../domain/commit.ts";
import { archiveText } from "./archive-format.ts";
import { refused, tooNew } from "../../domain/archive-refusals.ts";
import { problemOfEvent } from "./read-event.ts";
import { isRecord, type Fields } from "../../domain/fields.ts";
import { parsed, written } from "./read-json.ts";

const changed = "Export the run again with runfold export, and change nothing in the file";

/**
 * The commit of a line, its shape checked as far as a fold relies on it. What its events say is for the fold to check, and whether
 * its input causes them, for a verification.
 * @throws `archive.invalid`; `journal.newer` for a commit of a later version.
 */
export function readCommit(line: number, text: string): Commit {
  const value = parsed(text, (cause) => refused(line, "its commit is not JSON", { advice: changed, cause }));
  const problem = isRecord(value) ? problemOf(line, value) : "it holds no commit";
  if (problem !== undefined) throw refused(line, problem, { advice: changed });
  const commit = value as Commit;
  if (written(() => archiveText(commit)) !== text) {
    throw refused(line, "its commit is not written as Runfold writes it", { advice: changed });
  }
  return commit;
}

function problemOf(line: number, { schema, position, at, input, events }: Fields): string | undefined {
  if (typeof schema !== "number" || !Number.isSafeInteger(schema) || schema < 1) return "its commit has no version";
  if (schema > commitSchema) throw tooNew(line, schema, commitSchema);
  if (typeof position !== "number" || !Number.isSafeInteger(position)) return "its commit has no position";
  if (typeof at !== "number" || !Number.isFinite(at)) return "its commit has no time";
  if (!isRecord(input) || typeof input["type"] !== "string") return "its commit has no input";
  if (!Array.isArray(events) || events.length === 0) return "its commit has no events";
  for (const event of events) {
    const problem = problemOfEvent(event);
    if (problem !== undefined) return problem;
  }
  return undefined;
}
