import type { GraphDiagnostic } from "../domain/diagnostic.ts";
import { RunfoldError } from "../domain/errors.ts";
import { hasFields } from "../domain/fields.ts";
import type { Graph } from "../domain/graph.ts";
import type { RunId } from "../domain/ids.ts";
import { isRunId } from "../domain/ids.ts";
import { limits } from "../domain/limits.ts";
import type { Run } from "./run.ts";

/**
 * The same id is the same run only if it is a run of the same graph.
 * @throws `run.conflicting`
 */
export function sameGraph(run: Run, graph: Graph): Run {
  const { graph: known } = run.snapshot();
  if (known === graph.document || JSON.stringify(known) === JSON.stringify(graph.document)) return run;
  const message = `Run ${run.id} already exists, and it runs another graph ("${known.name}"). Choose another id, or clean that run up first.`;
  throw new RunfoldError("run.conflicting", message, { details: { run: run.id } });
}

/** @throws `run.idInvalid` */
export function refuseBadId(id: RunId): void {
  if (isRunId(id)) return;
  const message = `${JSON.stringify(id)} cannot name a run: use 1 to ${limits.runIdCharsMax} letters, digits, "-" and "_", beginning with a letter or digit.`;
  throw new RunfoldError("run.idInvalid", message, { details: { run: id } });
}

/**
 * Refuses what only looks like a graph: a document that was not checked, or no graph at all.
 * @throws `graph.invalid`
 */
export function refuseNoGraph(graph: unknown): void {
  if (hasFields(graph) && hasFields(graph["document"]) && Array.isArray(graph["document"]["steps"])) {
    const { tasks } = graph;
    // Not `instanceof`: a map of another realm is one as well.
    if (hasFields(tasks) && typeof tasks["get"] === "function") return;
  }
  const diagnostic: GraphDiagnostic = {
    code: "graph-unchecked",
    severity: "error",
    message: "What was given as a graph is none.",
    pointer: "",
    repair: "Give what defineGraph or parseGraph has returned.",
  };
  const message = "What was given as a graph is none: it must come from defineGraph or parseGraph.";
  throw new RunfoldError("graph.invalid", message, { details: { diagnostics: [diagnostic] } });
}

export function unknownRun(id: RunId): RunfoldError {
  return new RunfoldError("run.unknown", `There is no run ${id} in this journal.`, { details: { run: id } });
}
