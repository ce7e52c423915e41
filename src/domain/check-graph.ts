import { cycleDiagnostic } from "./cycle-diagnostic.ts";
import { countDependencies, readDependencyRows, resolveDependencies, type DependencyRow } from "./dependency-rows.ts";
import { pointerFrom, type GraphDiagnostic } from "./diagnostic.ts";
import { DiagnosticList } from "./diagnostic-list.ts";
import { isStepId } from "./ids.ts";
import { limits } from "./limits.ts";
import { quotedText } from "./quoted-text.ts";
import { Suggestions, unknownDiagnostic } from "./unknown-dependency.ts";

/**
 * Checks the rules that hold across the steps of a graph: how many there are, unique ids, known dependencies, no cycle.
 *
 * The steps may have any shape: what cannot be read is left to whoever checks the shape, and a step counts as existing as
 * soon as its id is a text. So one broken step never makes its dependents look wrong, and pointers are always the indexes
 * of what was given. Returns at most `limits.diagnosticsMax` findings, all of them errors.
 */
export function checkGraph(steps: readonly unknown[]): GraphDiagnostic[] {
  const findings = new DiagnosticList();
  if (collectSizeFindings(steps, findings)) collectDependencyFindings(steps, findings);
  return findings.toArray();
}

/** Adds a finding where there are no steps or too many steps or edges; returns whether the steps are worth a closer look. */
export function collectSizeFindings(steps: readonly unknown[], findings: DiagnosticList): boolean {
  const before = findings.count;
  if (steps.length === 0) {
    addSizeFinding(findings, "graph-steps-required", "The graph has no steps.", "Add at least one step.");
  } else if (steps.length > limits.stepsMax) {
    const message = `The graph has ${steps.length} steps; at most ${limits.stepsMax} are possible.`;
    addSizeFinding(findings, "graph-steps-too-many", message, "Split the work into several graphs.");
  } else {
    const edges = countDependencies(readDependencyRows(steps));
    const message = `"needs" and "after" have ${edges} entries in all; at most ${limits.edgesMax} are possible.`;
    const repair = "Put steps in between that gather many dependencies, or split the work into several graphs.";
    if (edges > limits.edgesMax) addSizeFinding(findings, "graph-edges-too-many", message, repair);
  }
  return findings.count === before;
}

/** Adds the findings about ids and dependencies. The size is expected to have been checked. */
export function collectDependencyFindings(steps: readonly unknown[], findings: DiagnosticList): void {
  const rows = readDependencyRows(steps);
  const indexes = indexIds(rows, findings);
  const suggestions = new Suggestions(indexes);
  const edges = resolveDependencies(rows, indexes, (entry) => {
    // What cannot be an id is left to the check of the shape: reporting it twice would not help.
    if (!isStepId(entry.id)) return;
    const ownId = rows[entry.index]?.id;
    findings.add(() => unknownDiagnostic(entry, ownId, suggestions.for(entry.id, ownId)));
  });
  const cycle = cycleDiagnostic(rows, indexes, edges);
  if (cycle !== undefined) findings.add(() => cycle);
}

function addSizeFinding(findings: DiagnosticList, code: string, message: string, repair: string): void {
  findings.add(() => ({ code, severity: "error", message, pointer: pointerFrom("steps"), repair }));
}

/** Maps every id to the index of the first step that has it. */
function indexIds(rows: readonly DependencyRow[], findings: DiagnosticList): Map<string, number> {
  const indexes = new Map<string, number>();
  for (const [index, { id }] of rows.entries()) {
    if (id === undefined) continue;
    const first = indexes.get(id);
    if (first === undefined) indexes.set(id, index);
    else findings.add(() => duplicateDiagnostic(id, index, first));
  }
  return indexes;
}

function duplicateDiagnostic(id: string, index: number, first: number): GraphDiagnostic {
  return {
    code: "step-id-duplicate",
    severity: "error",
    message: `The id ${quotedText(id)} is already taken by the step at ${pointerFrom("steps", first)}.`,
    pointer: pointerFrom("steps", index, "id"),
    repair: "Give this step an id of its own, and name that in the steps that depend on it.",
  };
}
