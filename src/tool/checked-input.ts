import type { Fields } from "../domain/fields.ts";
import { limits } from "../domain/limits.ts";
import { loadGraphFile } from "./graph-file.ts";
import { fieldsOf, isAction, preflight } from "./preflight.ts";
import { schemaDiagnostics } from "./schema-diagnostics.ts";
import { firstError, type TeamDiagnostic } from "./team-diagnostic.ts";
import type { ToolParts } from "./tool-host.ts";

export type CheckedInput =
  | { readonly input: Fields }
  | { readonly input: undefined; readonly diagnostics: readonly TeamDiagnostic[] };

/**
 * Everything that is wrong with the shape of an input, at once. A graph file is opened only for an input that has nothing against it
 * itself; the input is then given back with the graph that it holds.
 */
export async function checkedInput(
  parts: Pick<ToolParts, "root" | "schema" | "graphSchema">,
  given: unknown,
): Promise<CheckedInput> {
  const input = fieldsOf(given);
  const diagnostics = shapeDiagnostics(parts, input);
  if (firstError(diagnostics) !== undefined) return { input: undefined, diagnostics };
  if (input["graphFile"] === undefined) return { input };
  const loaded = await loadGraphFile(parts.root, input, parts.graphSchema);
  if ("diagnostics" in loaded) return { input: undefined, diagnostics: loaded.diagnostics };
  const { graphFile: _, ...rest } = input;
  return { input: { ...rest, graph: loaded.graph } };
}

function shapeDiagnostics({ schema }: Pick<ToolParts, "schema">, input: Fields): TeamDiagnostic[] {
  const early = preflight(input);
  const passed = new Set(early.flatMap(({ path, fields = [] }) => [path, ...fields.map((field) => `/${field}`)]));
  const { action } = input;
  const late = schemaDiagnostics(schema, input, {
    code: "input-schema-invalid",
    findingsMax: limits.toolSchemaFindingsMax,
    passed,
  });
  return [...early, ...late.map((found) => (isAction(action) ? { ...found, action } : found))];
}
