import { limits } from "../../../domain/limits.ts";
import { toolClassOf } from "./built-in-tools.ts";
import type { StepFinding } from "./tool-profile.ts";

/** The definition whose work is to change things, by the shell too. */
const workerRef = "package:worker";

/**
 * What is wrong with the scope of an agent that may change files: it must be there, and say something.
 * `ref` is that of its definition, `tools` what it may use in the end.
 */
export function scopeFinding(
  scope: string | undefined,
  ref: string | undefined,
  tools: readonly string[],
): StepFinding | undefined {
  const text = scope?.trim() ?? "";
  if (text !== "") return saysNothing(text) ? invalidScope : undefined;
  const isNeeded = tools.some((tool) => {
    const toolClass = toolClassOf(tool);
    return toolClass === "mutation" || (toolClass === "shell" && ref === workerRef);
  });
  return isNeeded ? missingScope : undefined;
}

/** What templates are filled with. Only in capitals: `replace the parser` is a scope. */
const unfilledPattern = /^(?:REPLACE|TODO|TBD)|[<>]|\.\.\.|…/;

function saysNothing(text: string): boolean {
  return text.length < limits.mutationScopeCharsMin || unfilledPattern.test(text) || /\bplaceholder\b/i.test(text);
}

const repair = 'Say what may be changed, such as "src/parser/** and its tests; nothing else".';

const missingScope: StepFinding = {
  code: "mutation-scope-required",
  severity: "error",
  message: "This agent may change files, but nothing says which.",
  pointer: "/agent/mutationScope",
  repair,
};

const invalidScope: StepFinding = {
  code: "mutation-scope-invalid",
  severity: "error",
  message: `The scope says nothing: it is shorter than ${limits.mutationScopeCharsMin} characters, or a text to be filled in.`,
  pointer: "/agent/mutationScope",
  repair,
};
