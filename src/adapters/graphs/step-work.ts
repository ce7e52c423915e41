import { pointerFrom, type GraphDiagnostic } from "../../domain/diagnostic.ts";
import type { DiagnosticList } from "../../domain/diagnostic-list.ts";
import { placeAt } from "./issue-place.ts";

const workKinds = ["command", "shell", "task", "agent"] as const;

/**
 * Adds a finding unless the step says with exactly one field what to run, be that field right or wrong, and one where there is a
 * parser without a command whose lines it could read.
 */
export function collectWorkFindings(step: object, index: number, findings: DiagnosticList): void {
  let kinds = 0;
  for (const kind of workKinds) if (hasField(step, kind)) kinds += 1;
  if (kinds !== 1) findings.add(() => workDiagnostic(step, index));
  if (kinds > 0 && hasField(step, "parser") && !hasField(step, "command") && !hasField(step, "shell")) {
    findings.add(() => parserDiagnostic(step, index));
  }
}

function parserDiagnostic(step: object, index: number): GraphDiagnostic {
  const { subject, pointer } = placeAt(["steps", index, "parser"], idOf(step));
  return {
    code: "step-parser-misplaced",
    severity: "error",
    message: `${subject} reads the lines of a command, and this step runs none.`,
    pointer,
    repair: 'Remove "parser", or run the agent program with "command".',
  };
}

function idOf(step: object): unknown {
  return Object.hasOwn(step, "id") ? (step as { id?: unknown }).id : undefined;
}

function hasField(step: object, name: string): boolean {
  return Object.hasOwn(step, name) && Reflect.get(step, name) !== undefined;
}

function workDiagnostic(step: object, index: number): GraphDiagnostic {
  const given = workKinds.filter((kind) => hasField(step, kind));
  const { subject } = placeAt(["steps", index], idOf(step));
  const pointer = pointerFrom("steps", index);
  if (given.length === 0) {
    const repair = 'Add one of "command", "shell", "task" and "agent".';
    return {
      code: "step-work-required",
      severity: "error",
      message: `${subject} does not say what to run.`,
      pointer,
      repair,
    };
  }
  const names = given.map((kind) => `"${kind}"`);
  const list = `${names.slice(0, -1).join(", ")} and ${names.at(-1)}`;
  const forAgent = given.length === 2 && given.includes("agent") && given.includes("task");
  return {
    code: "step-work-exclusive",
    severity: "error",
    message: `${subject} has ${list}; it can run only one of them.`,
    pointer,
    repair: forAgent
      ? 'Move the text of "task" into "agent.task"; a "task" of the step names a registered function.'
      : `Keep one of ${list}, and give the others steps of their own.`,
  };
}
