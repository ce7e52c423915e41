import type { Json, StepDocument } from "../index.ts";

/** Whether a step's output is that of a command: stdout, stderr and an exit code. */
export function isCommandStep({ command, shell }: StepDocument): boolean {
  return command !== undefined || shell !== undefined;
}

/** An output as people want to read it: of a command its stdout, a text as it is, anything else as JSON. */
export function outputText(value: Json, isCommand: boolean): string {
  const stdout = isCommand ? fieldOf(value, "stdout") : undefined;
  if (typeof stdout === "string") return stdout;
  return typeof value === "string" ? value : JSON.stringify(value, undefined, 2);
}

/** A command's exit code in its output. */
export function exitCodeIn(value: Json | undefined): number | undefined {
  const exitCode = value === undefined ? undefined : fieldOf(value, "exitCode");
  return typeof exitCode === "number" ? exitCode : undefined;
}

function fieldOf(value: Json, name: string): unknown {
  if (typeof value !== "object" || value === null || !Object.hasOwn(value, name)) return undefined;
  return Reflect.get(value, name);
}
