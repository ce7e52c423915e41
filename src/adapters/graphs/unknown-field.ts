import type { GraphDiagnostic } from "../../domain/diagnostic.ts";
import { quotedText } from "../../domain/quoted-text.ts";
import { placeAt, type PlaceKey } from "./issue-place.ts";
import { suggestedField } from "./suggested-field.ts";

/** A finding about a field that nobody knows, with the known one that was probably meant. */
export function unknownFieldDiagnostic(
  keys: readonly PlaceKey[],
  key: string,
  known: readonly string[],
  stepId: unknown,
): GraphDiagnostic {
  const { pointer, subject } = placeAt(keys, stepId);
  const nearest = suggestedField(key, known);
  const name = quotedText(key);
  const all = known.map((field) => `"${field}"`).join(", ");
  return {
    code: "input-schema-invalid",
    severity: "error",
    message: `${subject} is not a known field.`,
    pointer,
    repair:
      nearest === undefined
        ? `Remove ${name}; the fields here are ${all}.`
        : `Write "${nearest}" if that is meant; else remove ${name}.`,
  };
}
