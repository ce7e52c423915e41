import type { BaseIssue } from "valibot";
import type { GraphDiagnostic } from "../../domain/diagnostic.ts";
import type { DiagnosticList } from "../../domain/diagnostic-list.ts";
import type { GraphField } from "./graph-field.ts";
import { knownFieldsAt, placeAt, type Place, type PlaceKey } from "./issue-place.ts";
import { stateOf, type IssueState } from "./issue-state.ts";
import { suggestedId } from "./suggested-id.ts";
import { unknownFieldDiagnostic } from "./unknown-field.ts";
import { variableDiagnostic } from "./variable-name.ts";

type Issue = BaseIssue<unknown>;

/** Adds the findings of valibot about a value that stands at `base` in the graph. */
export function collectIssues(
  issues: readonly Issue[],
  findings: DiagnosticList,
  base: readonly PlaceKey[] = [],
  stepId?: unknown,
): void {
  for (const issue of issues) {
    const keys = [...base, ...(issue.path ?? []).map((item) => keyOf(item.key))];
    if (issue.type === "strict_object" && issue.expected === "never") {
      collectUnknownFields(issue, findings, keys.slice(0, -1), stepId);
    } else if (issue.type !== "strict_object" && issue.path?.at(-1)?.origin === "key") {
      findings.add(() => variableDiagnostic(keys, stepId));
    } else {
      findings.add(() => fieldDiagnostic(issue, placeAt(keys, stepId)));
    }
  }
}

function keyOf(key: unknown): PlaceKey {
  return typeof key === "number" ? key : String(key);
}

/** valibot names the first unknown field of an object alone; all of them are reported here. */
function collectUnknownFields(
  issue: Issue,
  findings: DiagnosticList,
  parent: readonly PlaceKey[],
  stepId: unknown,
): void {
  const known = knownFieldsAt(parent);
  for (const key of Object.keys(issue.path?.at(-1)?.input ?? {})) {
    if (!known.includes(key)) findings.add(() => unknownFieldDiagnostic([...parent, key], key, known, stepId));
  }
}

function fieldDiagnostic(issue: Issue, { pointer, field, subject }: Place): GraphDiagnostic {
  const state = stateOf(issue);
  const suggestion = state.kind === "pattern" && field.patternCode ? suggestedId(issue.input) : undefined;
  const isStepName = pointer === "/name" || pointer.endsWith("/id");
  const message =
    state.kind === "missing"
      ? `${subject} is missing; it must be ${field.rule}.`
      : `${subject} must be ${field.rule}, but ${state.text}.`;
  return {
    code: codeOf(state.kind, field),
    severity: "error",
    message,
    pointer,
    repair: suggestion !== undefined && isStepName ? `Write "${suggestion}", for example.` : field.repair,
  };
}

function codeOf(kind: IssueState["kind"], { blankCode, patternCode, missingIsBlank }: GraphField): string {
  const plain = "input-schema-invalid";
  if (kind === "missing") return (missingIsBlank && blankCode) || plain;
  if (kind === "blank") return blankCode ?? patternCode ?? plain;
  return kind === "pattern" ? (patternCode ?? plain) : plain;
}
