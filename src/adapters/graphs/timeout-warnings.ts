import { pointerFrom, type GraphDiagnostic } from "../../domain/diagnostic.ts";
import { DiagnosticList } from "../../domain/diagnostic-list.ts";
import type { GraphDocument } from "../../domain/graph-document.ts";

/** Warns of steps whose own timeout can never be reached, because the run expires before. */
export function timeoutWarnings({ steps, limits }: GraphDocument): GraphDiagnostic[] {
  const runSeconds = limits?.maxRunSeconds;
  if (runSeconds === undefined) return [];
  const findings = new DiagnosticList();
  for (const [index, { id, timeoutSeconds }] of steps.entries()) {
    if (timeoutSeconds === undefined || timeoutSeconds <= runSeconds) continue;
    findings.add(() => ({
      code: "step-timeout-unreachable",
      severity: "warning",
      message: `Step "${id}" may take ${timeoutSeconds} seconds, but the run expires after ${runSeconds}.`,
      pointer: pointerFrom("steps", index, "timeoutSeconds"),
      repair: 'Lower "timeoutSeconds" of the step, or raise "limits.maxRunSeconds".',
    }));
  }
  return findings.toArray();
}
