import type { AgentDocument, AgentFinding, GraphAuthority } from "../../../domain/agent.ts";
import { pointerFrom } from "../../../domain/diagnostic.ts";
import { limits } from "../../../domain/limits.ts";
import { quotedText } from "../../../domain/quoted-text.ts";
import { builtInTools, readTools, toolClassOf, type ToolClass } from "./built-in-tools.ts";

/** A finding that does not know its step yet. */
export type StepFinding = Omit<AgentFinding, "step">;

export interface ToolProfile {
  /** What the agent gets: the tools that read, then the others in the order in which they are named, each once. */
  readonly tools: readonly string[];
  readonly findings: readonly StepFinding[];
}

/**
 * The built-in tools of an agent, as far as the graph's authority goes.
 *
 * A list that the step gives replaces that of its definition, and must be allowed as a whole; so must that of an agent that is
 * written in the step, which has the tools that read where it names none. The list of a definition is cut down to what is allowed, with a
 * warning, since whoever wrote the file did not know this graph.
 */
export function toolProfile(
  agent: Pick<AgentDocument, "tools" | "ref">,
  inherited: readonly string[] | undefined,
  authority: GraphAuthority,
): ToolProfile {
  const isInherited = agent.ref !== undefined && agent.tools === undefined;
  return isInherited ? cappedProfile(agent.ref, inherited ?? [], authority) : explicitProfile(agent.tools, authority);
}

/** Whether the authority opens a class of tools. */
export function allows(authority: GraphAuthority, toolClass: ToolClass): boolean {
  return authority[flags[toolClass].flag] === true;
}

const flags = {
  read: { flag: "allowFilesystemRead", code: "filesystem-read-authority-required", what: "read files" },
  shell: { flag: "allowShellTools", code: "shell-authority-required", what: "run commands" },
  mutation: { flag: "allowMutationTools", code: "mutation-authority-required", what: "change files" },
} as const;

function explicitProfile(given: readonly string[] | undefined, authority: GraphAuthority): ToolProfile {
  const names = given ?? [];
  const findings: StepFinding[] = [];
  if (names.length > limits.agentToolsMax) findings.push(tooMany(names.length));
  /** Where each class of tools is asked for first; reading is asked for by being an agent. */
  const asked = new Map<ToolClass, string>([["read", given === undefined ? "/agent" : "/agent/tools"]]);
  let isReadNamed = false;
  for (const [index, name] of names.entries()) {
    const pointer = pointerFrom("agent", "tools", index);
    const toolClass = toolClassOf(name);
    if (toolClass === undefined) findings.push(unknownTool(name, pointer));
    else if (!asked.has(toolClass)) asked.set(toolClass, pointer);
    else if (toolClass === "read" && !isReadNamed) asked.set("read", pointer);
    isReadNamed ||= toolClass === "read";
  }
  for (const [toolClass, pointer] of asked) {
    if (!allows(authority, toolClass)) findings.push(authorityMissing(toolClass, pointer));
  }
  return { tools: inOrder(names).filter((tool) => isAllowed(tool, authority)), findings };
}

function cappedProfile(ref: string, inherited: readonly string[], authority: GraphAuthority): ToolProfile {
  const wanted = inOrder(inherited);
  const tools = wanted.filter((tool) => isAllowed(tool, authority));
  if (tools.length === wanted.length) return { tools, findings: [] };
  if (tools.length === 0) {
    const finding: StepFinding = {
      code: "catalog-default-tools-denied",
      severity: "error",
      message: `The graph allows none of the tools that ${ref} has by itself: ${wanted.join(", ")}.`,
      pointer: "/agent/ref",
      repair: 'Set "allowFilesystemRead" to true in the graph\'s "authority".',
    };
    return { tools, findings: [finding] };
  }
  if (!allows(authority, "read")) return { tools, findings: [authorityMissing("read", "/agent/ref")] };
  const lost = wanted.filter((tool) => !tools.includes(tool));
  const finding: StepFinding = {
    code: "catalog-default-tools-capped",
    severity: "warning",
    message: `The graph does not allow all of the tools that ${ref} has by itself; it runs without ${lost.join(", ")}.`,
    pointer: "/agent/ref",
    repair: 'Allow them in the graph\'s "authority", or name the tools that are wanted in "tools".',
  };
  return { tools, findings: [finding] };
}

/** The tools that read come first and always, the others as they are named. */
function inOrder(names: readonly string[]): readonly string[] {
  const others = names.filter((name) => {
    const toolClass = toolClassOf(name);
    return toolClass !== undefined && toolClass !== "read";
  });
  return [...new Set([...readTools, ...others])];
}

function isAllowed(tool: string, authority: GraphAuthority): boolean {
  const toolClass = toolClassOf(tool);
  return toolClass !== undefined && allows(authority, toolClass);
}

function authorityMissing(toolClass: ToolClass, pointer: string): StepFinding {
  const { flag, code, what } = flags[toolClass];
  const why = toolClass === "read" ? "Every agent may read files" : `This agent may ${what}`;
  return {
    code,
    severity: "error",
    message: `${why}, which the graph does not allow.`,
    pointer,
    repair: `Set "${flag}" to true in the graph's "authority"${toolClass === "read" ? "" : ", or leave the tool out"}.`,
  };
}

function unknownTool(name: string, pointer: string): StepFinding {
  return {
    code: "agent-tool-invalid",
    severity: "error",
    message: `${quotedText(name)} is no built-in tool.`,
    pointer,
    repair: `Name some of ${builtInTools.join(", ")} here; tools of extensions go into "extensionTools".`,
  };
}

function tooMany(count: number): StepFinding {
  return {
    code: "agent-tools-too-many",
    severity: "error",
    message: `An agent may have ${limits.agentToolsMax} tools, not ${count}.`,
    pointer: "/agent/tools",
    repair: "Name each tool once, and only those that the task needs.",
  };
}
