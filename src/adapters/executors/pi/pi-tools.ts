import type { Fields } from "../../../domain/fields.ts";
import { isRecord } from "../../../domain/fields.ts";
import { limits } from "../../../domain/limits.ts";
import type { Attempt } from "../../../ports/executor.ts";
import { contentText, fieldsOf, textField } from "./pi-records.ts";

/** Passes on that a tool starts and ends. The text that it writes on the way stays with the agent. */
export function reportTool(record: Fields, attempt: Attempt): void {
  const isStart = record["type"] === "tool_execution_start";
  if (!isStart && record["type"] !== "tool_execution_end") return;
  const call = textField(record, "toolCallId");
  const summary = isStart ? askedFor(record["args"]) : oneLine(contentText(fieldsOf(record, "result")));
  attempt.tool({
    tool: textField(record, "toolName") ?? "unknown",
    phase: isStart ? "started" : "ended",
    ...(call === undefined ? {} : { call }),
    ...(isStart ? {} : { isError: record["isError"] === true }),
    ...(summary === "" ? {} : { summary }),
  });
}

/** A tool's only argument says it all; several are shown with their names. */
function askedFor(args: unknown): string {
  if (!isRecord(args)) return "";
  const values = Object.values(args);
  const [only] = values;
  if (values.length === 1 && typeof only === "string") return oneLine(only);
  return values.length === 0 ? "" : oneLine(JSON.stringify(args));
}

function oneLine(text: string): string {
  const max = limits.agentToolSummaryCharsMax;
  // A result may be hundreds of kilobytes: only its beginning is looked at.
  const line = text
    .slice(0, max * 4)
    .replaceAll(/\s+/g, " ")
    .trim();
  return line.length > max || text.length > max * 4 ? `${line.slice(0, max - 1)}…` : line;
}
