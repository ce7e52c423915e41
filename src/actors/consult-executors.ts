import type { AgentDefinition, AgentFinding } from "../domain/agent.ts";
import type { GraphDiagnostic } from "../domain/diagnostic.ts";
import { pointerFrom } from "../domain/diagnostic.ts";
import { DiagnosticList } from "../domain/diagnostic-list.ts";
import type { GraphDocument, StepDocument, WorkKind } from "../domain/graph-document.ts";
import { workKindOf } from "../domain/graph-document.ts";
import type { StepId } from "../domain/ids.ts";
import { limits } from "../domain/limits.ts";
import type { Executor, Preparation } from "../ports/executor.ts";
import { textOf } from "./error-text.ts";

/** What the executors of a graph found before its run starts. */
export interface Consultation {
  /** What keeps the run from starting. */
  readonly errors: readonly GraphDiagnostic[];
  readonly warnings: readonly AgentFinding[];
  /** Each agent definition once, by its ref; undefined where no step names one. */
  readonly definitions: readonly AgentDefinition[] | undefined;
}

/**
 * Asks each executor about all of its steps that are still to run. An executor that fails when it is asked keeps the run from starting,
 * as one that finds an error does.
 */
export async function consultExecutors(
  graph: GraphDocument,
  root: string,
  executors: ReadonlyMap<WorkKind, Executor>,
  isDone: (step: StepId) => boolean = () => false,
): Promise<Consultation> {
  const errors = new DiagnosticList();
  const warnings: AgentFinding[] = [];
  const definitions = new Map<string, AgentDefinition>();
  const numbers = new Map(graph.steps.map(({ id }, number) => [id, number]));
  for (const [executor, steps] of involved(graph, executors, isDone)) {
    let preparation: Preparation | undefined;
    try {
      preparation = await executor.prepare?.(graph, steps, root);
    } catch (error) {
      errors.add(() => brokenOff(steps[0]!, numbers.get(steps[0]!.id)!, error));
    }
    for (const finding of preparation?.findings ?? []) {
      if (finding.severity === "warning") warnings.push(finding);
      else errors.add(() => diagnosticOf(finding, numbers.get(finding.step)));
    }
    for (const definition of preparation?.definitions ?? []) definitions.set(definition.ref, definition);
  }
  const kept = [...definitions.values()];
  const chars = kept.length === 0 ? 0 : JSON.stringify(kept).length;
  if (chars > limits.definitionsCharsMax) errors.add(() => tooLarge(chars));
  return { errors: errors.toArray(), warnings: limited(warnings), definitions: kept.length === 0 ? undefined : kept };
}

/** No more warnings than a run records diagnostics: where there are more, the last one says how many are left out. */
function limited(warnings: readonly AgentFinding[]): readonly AgentFinding[] {
  const max = limits.diagnosticsPerRunMax;
  if (warnings.length <= max) return warnings;
  const { step, pointer } = warnings[max - 1]!;
  const message = `${warnings.length - max + 1} more warnings about the graph are not recorded.`;
  return [...warnings.slice(0, max - 1), { step, code: "diagnostics-limited", severity: "warning", message, pointer }];
}

function involved(
  { steps }: GraphDocument,
  executors: ReadonlyMap<WorkKind, Executor>,
  isDone: (step: StepId) => boolean,
): ReadonlyMap<Executor, readonly StepDocument[]> {
  const found = new Map<Executor, StepDocument[]>();
  for (const step of steps) {
    const executor = executors.get(workKindOf(step));
    if (executor?.prepare === undefined || isDone(step.id)) continue;
    const known = found.get(executor);
    if (known === undefined) found.set(executor, [step]);
    else known.push(step);
  }
  return found;
}

function diagnosticOf(
  { code, message, pointer, repair = "Correct the step." }: AgentFinding,
  number: number | undefined,
): GraphDiagnostic {
  const place = number === undefined ? pointerFrom("steps") : `${pointerFrom("steps", number)}${pointer}`;
  return { code, severity: "error", message, pointer: place, repair };
}

function brokenOff({ id }: StepDocument, number: number, error: unknown): GraphDiagnostic {
  return {
    code: "executor-failed",
    severity: "error",
    message: `The executor of step "${id}" failed when it was asked about it: ${textOf(error)}`,
    pointer: pointerFrom("steps", number),
    repair: "See to what failed, then start the graph again.",
  };
}

function tooLarge(chars: number): GraphDiagnostic {
  return {
    code: "definitions-too-large",
    severity: "error",
    message: `The agent definitions of the graph have ${chars} characters together, and a run keeps ${limits.definitionsCharsMax}.`,
    pointer: pointerFrom("steps"),
    repair: "Shorten the definitions, or name fewer of them.",
  };
}
