import { scopeProblem } from "../../../domain/mutation-scope.ts";
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
  if (scope !== undefined && scope.trim() !== "") {
    const problem = scopeProblem(scope);
    return problem === undefined ? undefined : invalidScope(problem);
  }
  const isNeeded = tools.some((tool) => {
    const toolClass = toolClassOf(tool);
    return toolClass === "mutation" || (toolClass === "shell" && ref === workerRef);
  });
  return isNeeded ? missingScope : undefined;
}

const repair = 'Say what may be changed, such as "src/parser/** and its tests; nothing else".';

const missingScope: StepFinding = {
  code: "mutation-scope-required",
  severity: "error",
  message: "This agent may change files, but nothing says which.",
  pointer: "/agent/mutationScope",
  repair,
};

function invalidScope(problem: string): StepFinding {
  return {
    code: "mutation-scope-invalid",
    severity: "error",
    message: `The scope ${problem}`,
    pointer: "/agent/mutationScope",
    repair,
  };
}
