import type { GraphDiagnostic } from "../../domain/diagnostic.ts";
import { placeAt, type PlaceKey } from "./issue-place.ts";

/** A finding about the name of a variable in `env`. */
export function variableDiagnostic(keys: readonly PlaceKey[], stepId: unknown): GraphDiagnostic {
  const { pointer, subject } = placeAt(keys, stepId);
  const name = String(keys.at(-1));
  const reserved = name.startsWith("RUNFOLD_");
  return {
    code: "input-schema-invalid",
    severity: "error",
    message: reserved
      ? `${subject} has a name that Runfold keeps for what it passes to steps.`
      : `${subject} is not a name for a variable: a letter or underscore, then letters, digits and underscores.`,
    pointer,
    repair: reserved
      ? "Give the variable a name that does not begin with RUNFOLD_."
      : `Give the variable a name such as "${suggestedVariable(name)}".`,
  };
}

function suggestedVariable(name: string): string {
  const letters = name.slice(0, 63).replaceAll(/[^A-Za-z0-9_]+/g, "_");
  if (letters === name || /^_*$/.test(letters)) return "MY_VARIABLE";
  return /^[A-Za-z_]/.test(letters) ? letters : `V_${letters}`;
}
