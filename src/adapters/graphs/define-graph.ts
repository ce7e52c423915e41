import type { GraphAuthority, GraphLibrary } from "../../domain/agent.ts";
import type { GraphDiagnostic } from "../../domain/diagnostic.ts";
import { pointerFrom } from "../../domain/diagnostic.ts";
import { RunfoldError } from "../../domain/errors.ts";
import type { GraphDocument, GraphLimits, GraphNotify } from "../../domain/graph-document.ts";
import type { Graph, TaskBinding } from "../../domain/graph.ts";
import type { StepId } from "../../domain/ids.ts";
import type { Step } from "../../domain/step.ts";
import { parseGraph } from "./parse-graph.ts";

export interface GraphOptions {
  readonly objective: string;
  /** Every step of the graph, in the order in which ready ones are to start. */
  readonly steps: readonly Step[];
  readonly limits?: GraphLimits;
  readonly notify?: GraphNotify;
  /** What the agents of the graph may be given. Default: nothing, so that no agent can run. */
  readonly authority?: GraphAuthority;
  /** Where `ref` of an agent may be looked up. Default: `package` alone. */
  readonly library?: GraphLibrary;
}

/**
 * Defines a graph from steps.
 * @throws `graph.invalid` with every diagnostic at once in `details.diagnostics`.
 */
export function defineGraph(name: string, options: GraphOptions): Graph {
  const { objective, steps, limits, notify, authority, library } = options;
  const document: GraphDocument = {
    name,
    objective,
    steps: steps.map((defined) => defined.document),
    ...(limits === undefined ? {} : { limits }),
    ...(notify === undefined ? {} : { notify }),
    ...(authority === undefined ? {} : { authority }),
    ...(library === undefined ? {} : { library }),
  };
  const parsed = parseGraph(document);
  const problems = [...(parsed.ok ? [] : parsed.diagnostics), ...strangers(steps)];
  if (!parsed.ok || problems.length > 0) throw invalid(name, problems);
  const tasks = new Map<StepId, TaskBinding>();
  for (const { id, binding } of steps) if (binding !== undefined) tasks.set(id, binding);
  return { document: parsed.graph.document, tasks };
}

/** A dependency that has the id of one of the graph's steps, but is another step. */
function strangers(steps: readonly Step[]): GraphDiagnostic[] {
  const byId = new Map(steps.map((listed) => [listed.id, listed]));
  const found: GraphDiagnostic[] = [];
  for (const [index, { id, dependencies }] of steps.entries()) {
    for (const dependency of dependencies) {
      const listed = byId.get(dependency.id);
      if (listed === undefined || listed === dependency) continue;
      found.push({
        code: "dependency-stranger",
        severity: "error",
        message: `Step "${id}" depends on a step "${dependency.id}" that is not the one this graph lists under that id.`,
        pointer: pointerFrom("steps", index),
        repair: `List the very step that "${id}" depends on, or give one of the two another id.`,
      });
    }
  }
  return found;
}

function invalid(name: string, diagnostics: readonly GraphDiagnostic[]): RunfoldError {
  const lines = diagnostics
    .slice(0, 5)
    .map(({ pointer, message, repair }) => `  ${pointer || "/"}: ${message} ${repair}`);
  const more = diagnostics.length > 5 ? [`  … and ${diagnostics.length - 5} more`] : [];
  const count = diagnostics.length === 1 ? "1 problem" : `${diagnostics.length} problems`;
  return new RunfoldError("graph.invalid", [`The graph "${name}" has ${count}:`, ...lines, ...more].join("\n"), {
    details: { diagnostics },
  });
}
