import { limits } from "../index.ts";
import { textField } from "./fields.ts";

/** Arguments that many tools take. They are long enough for a mistake to be told as what it is. */
export const runId = textField("The id of a run, as run_start gave it.", limits.mcpTextCharsMax);
export const stepId = textField("The id of a step of the run.", limits.mcpTextCharsMax);
export const cursor = textField(
  "A cursor that an earlier call gave, unchanged: what came after it is told.",
  limits.mcpTextCharsMax,
);
