import { oneLine } from "./cut-text.ts";
import { isRecord } from "./fields.ts";
import { limits } from "./limits.ts";

/**
 * What a tool was asked for or gave, in a line: a text as it is, of arguments the command or the only one there is, else their JSON. Empty
 * where there is nothing to say.
 */
export function toolSummary(about: unknown): string {
  return oneLine(typeof about === "string" ? about : (wordOf(about) ?? jsonOf(about)), limits.agentToolSummaryCharsMax);
}

function wordOf(about: unknown): string | undefined {
  if (!isRecord(about)) return undefined;
  const values = Object.values(about);
  const word = about["command"] ?? (values.length === 1 ? values[0] : undefined);
  return typeof word === "string" ? word : undefined;
}

function jsonOf(value: unknown): string {
  if (value === undefined || value === null || (isRecord(value) && Object.keys(value).length === 0)) return "";
  try {
    return JSON.stringify(value);
  } catch {
    // Nested so deep that the stack ends: JSON.parse takes that, JSON.stringify does not. A summary can do without.
    return "";
  }
}
