import type { GraphDiagnostic } from "../domain/diagnostic.ts";
import { pointerFrom } from "../domain/diagnostic.ts";
import { RunfoldError } from "../domain/errors.ts";
import type { Place } from "../domain/events.ts";
import type { GraphDocument, StepDocument, WorkKind } from "../domain/graph-document.ts";
import { workKindOf } from "../domain/graph-document.ts";
import type { RunId, StepId } from "../domain/ids.ts";
import { limits } from "../domain/limits.ts";
import type { Executor } from "../ports/executor.ts";
import type { Workspace } from "../ports/workspace.ts";

/**
 * What can be known before a run starts: that each step can be run here, and where it will run. Steps that are done already, as
 * in a fork, are passed over. `found` is what has been found already.
 * @throws `graph.invalid` with every finding at once.
 */
export async function prepareStart(
  run: RunId,
  graph: GraphDocument,
  root: string,
  executors: ReadonlyMap<WorkKind, Executor>,
  workspace: Workspace,
  isDone: (step: StepId) => boolean = () => false,
  found: readonly GraphDiagnostic[] = [],
): Promise<readonly Place[]> {
  const diagnostics: GraphDiagnostic[] = [...found];
  const places = new Map<string, Place>();
  for (const [index, step] of graph.steps.entries()) {
    if (diagnostics.length >= limits.diagnosticsMax) break;
    if (isDone(step.id)) continue;
    const kind = workKindOf(step);
    const problem = problemOf(step, run, kind, executors.get(kind));
    if (problem !== undefined) diagnostics.push({ ...problem, pointer: pointerFrom("steps", index, kind) });
    const { cwd } = step;
    if (cwd === undefined || places.has(cwd)) continue;
    const place = await workspace.inspect(root, cwd);
    if ("code" in place) {
      diagnostics.push({
        code: place.code,
        severity: "error",
        message: place.message,
        pointer: pointerFrom("steps", index, "cwd"),
        repair: `Name an existing directory below ${root} that is reached without a symbolic link.`,
      });
    } else places.set(cwd, place);
  }
  if (diagnostics.length > 0) throw notStartable(graph.name, diagnostics);
  return [...places.values()];
}

/**
 * Refuses a recorded root that is no longer there, for a run of which any step that is still to run works with files.
 * @throws `graph.invalid`
 */
export async function refuseMissingRoot(
  { name, steps }: GraphDocument,
  root: string,
  workspace: Workspace,
  isDone: (step: StepId) => boolean,
): Promise<void> {
  const index = steps.findIndex((step) => workKindOf(step) !== "task" && !isDone(step.id));
  if (index === -1 || (await workspace.realRoot(root).catch(() => undefined)) === root) return;
  throw notStartable(name, [
    {
      code: "root-missing",
      severity: "error",
      message: `The run's directory ${root} is not there, or is reached by a symbolic link now.`,
      pointer: pointerFrom("steps", index),
      repair: "Put it back where it was, then take the run over.",
    },
  ]);
}

function problemOf(
  step: StepDocument,
  run: RunId,
  kind: WorkKind,
  executor: Executor | undefined,
): Omit<GraphDiagnostic, "pointer"> | undefined {
  if (executor === undefined) {
    return {
      code: "executor-missing",
      severity: "error",
      message: `Step "${step.id}" is of kind ${kind}, and this runtime has no executor for it.`,
      repair: `Open the runtime with an executor for ${kind}, or give the step another kind of work.`,
    };
  }
  const refused = executor.refuses?.(step, run);
  if (refused === undefined) return undefined;
  return {
    code: "step-not-runnable",
    severity: "error",
    message: `Step "${step.id}" cannot be run here: ${refused}`,
    repair: kind === "task" ? giveFunction : "Correct the step, or open the runtime with what it needs.",
  };
}

/** Functions are in no journal, so a run that goes on with another's past, or after its process, has to be given them. */
const giveFunction =
  "Give the graph that has its function to openRuntime({ graphs }), or the function by its name to openRuntime({ tasks }); " +
  "to a fork the graph can also be given itself: pass `graph`.";

function notStartable(name: string, diagnostics: readonly GraphDiagnostic[]): RunfoldError {
  const lines = diagnostics.slice(0, 5).map(({ message }) => `  ${message}`);
  if (diagnostics.length > lines.length) lines.push(`  … and ${diagnostics.length - lines.length} more`);
  const message = [`The graph "${name}" cannot be started here:`, ...lines].join("\n");
  return new RunfoldError("graph.invalid", message, { details: { diagnostics } });
}
