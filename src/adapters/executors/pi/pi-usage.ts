import type { Fields } from "../../../domain/fields.ts";
import type { Usage } from "../../../domain/usage.ts";
import { fieldsOf, textField } from "./pi-records.ts";

/** What one assistant message took, as pi counts it. One message is one turn, also where the provider failed. */
export function usageOf(message: Fields): Usage {
  const usage = fieldsOf(message, "usage");
  const cacheReadTokens = figure(usage["cacheRead"]);
  const cacheWriteTokens = figure(usage["cacheWrite"]);
  const costUsd = figure(fieldsOf(usage, "cost")["total"]);
  const model = textField(message, "model");
  return {
    inputTokens: figure(usage["input"]) ?? 0,
    outputTokens: figure(usage["output"]) ?? 0,
    turns: 1,
    ...(cacheReadTokens === undefined ? {} : { cacheReadTokens }),
    ...(cacheWriteTokens === undefined ? {} : { cacheWriteTokens }),
    ...(costUsd === undefined ? {} : { costUsd }),
    ...(model === undefined ? {} : { model }),
  };
}

function figure(value: unknown): number | undefined {
  return typeof value === "number" && Number.isFinite(value) && value >= 0 ? value : undefined;
}
