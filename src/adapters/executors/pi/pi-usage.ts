import type { Fields } from "../../../domain/fields.ts";
import { figureOf, usageFrom, type Usage } from "../../../domain/usage.ts";
import { fieldsOf, textField } from "./pi-records.ts";

/** What one assistant message took, as pi counts it. One message is one turn, also where the provider failed. */
export function usageOf(message: Fields): Usage {
  const usage = fieldsOf(message, "usage");
  return usageFrom({
    inputTokens: figureOf(usage["input"]),
    outputTokens: figureOf(usage["output"]),
    cacheReadTokens: figureOf(usage["cacheRead"]),
    cacheWriteTokens: figureOf(usage["cacheWrite"]),
    costUsd: figureOf(fieldsOf(usage, "cost")["total"]),
    turns: 1,
    model: textField(message, "model"),
  });
}
