import type { GraphDiagnostic } from "../../domain/diagnostic.ts";
import type { DiagnosticList } from "../../domain/diagnostic-list.ts";
import type { Fields } from "../../domain/fields.ts";
import { quotedText } from "../../domain/quoted-text.ts";
import { kindsWithCommand, kindsWithIdentity } from "../../domain/agent-kinds.ts";
import { projectRepair, type Grants } from "./grants.ts";
import { placeAt } from "./issue-place.ts";
import { scopeProblem } from "../../domain/mutation-scope.ts";

/**
 * Adds what several fields of an agent say together, and what its graph says about it: all that can be known from the document
 * alone. Which tools it ends up with, and which definition, is found out before a run starts, where its executor is known.
 */
export function collectAgentFindings(
  agent: Fields,
  index: number,
  stepId: unknown,
  grants: Grants,
  findings: DiagnosticList,
): void {
  const add = (field: string | undefined, code: string, what: string, repair: string): void =>
    findings.add((): GraphDiagnostic => {
      const keys = ["steps", index, "agent", ...(field === undefined ? [] : [field])];
      const { pointer, subject } = placeAt(keys, stepId);
      return { code, severity: "error", message: `${subject} ${what}`, pointer, repair };
    });
  const has = (name: string): boolean => Object.hasOwn(agent, name) && agent[name] !== undefined;
  const kind = String(agent["kind"]);

  if (has("system") && has("ref")) {
    const what = 'has "system" and "ref"; an agent is described either here or in a definition.';
    add(undefined, "step-agent-binding-exclusive", what, 'Keep one of "system" and "ref".');
  } else if (!has("system") && !has("ref") && kindsWithIdentity.includes(kind)) {
    const repair = 'Write who the agent is into "system", or name a definition such as "package:reviewer" in "ref".';
    add(undefined, "step-agent-invalid", 'has neither "system" nor "ref".', repair);
  }
  if (kindsWithCommand.includes(kind) && !has("command")) {
    const repair = 'Write the program and its arguments into "command", such as ["gemini", "--acp"].';
    add(undefined, "step-agent-command-required", `is of kind "${kind}" and has no "command".`, repair);
  }
  const source = sourceOf(agent["ref"]);
  if (source !== undefined && grants.sources?.has(source) === false) {
    const what = `is from ${quotedText(source)}, which is not among the sources of the graph.`;
    add("ref", "library-source-not-enabled", what, `Add "${source}" to "library.sources".`);
  }
  if (source === "project" && grants.allowsProjectCode === false) {
    add(
      "ref",
      "project-code-authority-required",
      "is from the project, which the graph does not trust.",
      projectRepair,
    );
  }
  const extensionTools = agent["extensionTools"];
  if (Array.isArray(extensionTools) && extensionTools.length > 0 && grants.allowsExtensionCode === false) {
    const what = 'names tools of extensions, but "authority.allowExtensionCode" is not true.';
    const repair = 'Write "authority": { "allowExtensionCode": true }, or leave "extensionTools" out.';
    add("extensionTools", "extension-code-authority-required", what, repair);
  }
  const problem = scopeProblem(agent["mutationScope"]);
  if (problem !== undefined) {
    const repair = 'Say which files the agent may change, such as "Only files below src/parser and their tests".';
    add("mutationScope", "mutation-scope-invalid", problem, repair);
  }
}

/** The source that a well-formed reference names. */
function sourceOf(ref: unknown): string | undefined {
  return typeof ref === "string" ? /^(package|user|project):/.exec(ref)?.[1] : undefined;
}
