import * as v from "valibot";
import { collectDependencyFindings, collectSizeFindings } from "../../domain/check-graph.ts";
import type { GraphDiagnostic } from "../../domain/diagnostic.ts";
import { DiagnosticList } from "../../domain/diagnostic-list.ts";
import { isRecord } from "../../domain/fields.ts";
import type { Graph } from "../../domain/graph.ts";
import type { StepDocument } from "../../domain/graph-document.ts";
import { canonicalDocument, canonicalStep } from "./canonical-document.ts";
import { collectLibraryFinding, grantsOf, type Grants } from "./grants.ts";
import { graphFrameSchema, type GraphFrame } from "./graph-schema.ts";
import { collectIssues } from "./issue-diagnostics.ts";
import { parseJsonText } from "./json-text.ts";
import { stepSchema } from "./step-schema.ts";
import { collectAgentFindings } from "./step-agent.ts";
import { collectWorkFindings } from "./step-work.ts";
import { timeoutWarnings } from "./timeout-warnings.ts";

/** A graph with what is questionable about it, or everything that is wrong. */
export type ParsedGraph =
  | { readonly ok: true; readonly graph: Graph; readonly diagnostics: readonly GraphDiagnostic[] }
  | { readonly ok: false; readonly diagnostics: readonly GraphDiagnostic[] };

/** Findings of one part of a pipe after the first only repeat it. */
const config = { abortPipeEarly: true } as const;

/**
 * Turns untrusted JSON into a graph, or tells everything that is wrong with it at once, each finding with a pointer into
 * what was given and a repair. Never throws for JSON, and keeps nothing of what was given.
 *
 * The document of the graph is canonical: parsing it again gives an equal one. `graph.tasks` is empty; a step with `task`
 * names a function that the runtime has to know.
 */
export function parseGraph(json: unknown): ParsedGraph {
  const findings = new DiagnosticList();
  const frame = v.safeParse(graphFrameSchema, json, config);
  if (!frame.success) collectIssues(frame.issues, findings);
  const steps = checkSteps(stepsOf(json), grantsOf(json), findings);
  collectLibraryFinding(grantsOf(json), findings);
  if (!frame.success || findings.count > 0) return { ok: false, diagnostics: findings.toArray() };
  return accepted(frame.output, steps);
}

/** As {@link parseGraph}, from text; a text that is not JSON gives one finding that says where it stops to be. */
export function parseGraphText(text: string): ParsedGraph {
  const parsed = parseJsonText(text);
  return parsed.ok ? parseGraph(parsed.value) : { ok: false, diagnostics: [parsed.diagnostic] };
}

/** The steps as they were given, also where the rest of the graph is broken: all findings are to come at once. */
function stepsOf(json: unknown): readonly unknown[] | undefined {
  if (typeof json !== "object" || json === null || !Object.hasOwn(json, "steps")) return undefined;
  const { steps } = json as { steps?: unknown };
  return Array.isArray(steps) ? steps : undefined;
}

function checkSteps(rows: readonly unknown[] | undefined, grants: Grants, findings: DiagnosticList): StepDocument[] {
  const documents: StepDocument[] = [];
  if (rows === undefined || !collectSizeFindings(rows, findings)) return documents;
  for (let index = 0; index < rows.length; index += 1) {
    const row = rows[index];
    const step = v.safeParse(stepSchema, row, config);
    if (step.success) documents.push(canonicalStep(step.output));
    else collectIssues(step.issues, findings, ["steps", index], idOf(row));
    if (!isRecord(row)) continue;
    collectWorkFindings(row, index, findings);
    if (isRecord(row["agent"])) collectAgentFindings(row["agent"], index, idOf(row), grants, findings);
  }
  collectDependencyFindings(rows, findings);
  return documents;
}

function idOf(row: unknown): unknown {
  return isRecord(row) && Object.hasOwn(row, "id") ? row["id"] : undefined;
}

function accepted(frame: GraphFrame, steps: readonly StepDocument[]): ParsedGraph {
  const document = canonicalDocument(frame, steps);
  return { ok: true, graph: { document, tasks: new Map() }, diagnostics: timeoutWarnings(document) };
}
