import { limits } from "../domain/limits.ts";
import { boundText } from "./bound-text.ts";
import { findRun, findStep, isFound, runDetails } from "./found-run.ts";
import { stepText, teamOutput } from "./step-texts.ts";
import { type TeamDetails, teamDetails } from "./team-details.ts";
import type { ToolCall, ToolParts } from "./tool-host.ts";

export interface ResultInput {
  readonly runId: string;
  readonly stepId: string;
  readonly maxBytes?: number;
  readonly preview?: boolean;
}

/** What one step gave, or has written so far; its text with `preview` alone. */
export async function stepResult(parts: ToolParts, { session, input }: ToolCall<ResultInput>): Promise<TeamDetails> {
  const action = "step_result";
  const found = await findRun(parts, action, session, input.runId);
  if (!isFound(found)) return found;
  const details = await runDetails(action, found);
  const step = findStep(found.run.snapshot(), action, input.stepId);
  if ("severity" in step) return teamDetails({ ...details, error: step });
  const text = await stepText(found.run, step, found.record);
  const diagnostics = text.problem === undefined ? details.diagnostics : [...details.diagnostics, text.problem];
  const { maxBytes = limits.toolReplyBytesDefault, preview } = input;
  const shown = preview === true && text.text !== undefined ? boundText(text.text, maxBytes) : {};
  return teamDetails({ ...details, diagnostics, outputs: [{ ...teamOutput(text), ...shown }] });
}
