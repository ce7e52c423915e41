import type { Fields } from "../../../domain/fields.ts";
import { toolSummary } from "../../../domain/tool-summary.ts";
import type { Attempt } from "../../../ports/executor.ts";
import { contentText, fieldsOf, textField } from "./pi-records.ts";

/** Passes on that a tool starts and ends. The text that it writes on the way stays with the agent. */
export function reportTool(record: Fields, attempt: Attempt): void {
  const isStart = record["type"] === "tool_execution_start";
  if (!isStart && record["type"] !== "tool_execution_end") return;
  const call = textField(record, "toolCallId");
  const summary = toolSummary(isStart ? record["args"] : contentText(fieldsOf(record, "result")));
  attempt.tool({
    tool: textField(record, "toolName") ?? "unknown",
    phase: isStart ? "started" : "ended",
    ...(call === undefined ? {} : { call }),
    ...(isStart ? {} : { isError: record["isError"] === true }),
    ...(summary === "" ? {} : { summary }),
  });
}
