/** What a tool lets an agent do, and so which flag of the graph's authority opens it. */
export type ToolClass = "read" | "shell" | "mutation";

/** The tools that read files, in the order in which programs are told of them. An agent has all of them or cannot run. */
export const readTools: readonly string[] = ["read", "grep", "find", "ls"];

const classes: ReadonlyMap<string, ToolClass> = new Map([
  ...readTools.map((tool) => [tool, "read"] as const),
  ["bash", "shell"],
  ["edit", "mutation"],
  ["write", "mutation"],
]);

export const builtInTools: readonly string[] = [...classes.keys()];

/** Undefined for what is no built-in tool. */
export function toolClassOf(tool: string): ToolClass | undefined {
  return classes.get(tool);
}

/** A letter, then letters, digits, `_` and `-`, 64 characters at most. */
export const toolNamePattern = /^[A-Za-z][A-Za-z0-9_-]{0,63}$/;
