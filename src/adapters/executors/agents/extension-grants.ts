import type { GraphAuthority } from "../../../domain/agent.ts";
import { pointerFrom } from "../../../domain/diagnostic.ts";
import { limits } from "../../../domain/limits.ts";
import { quotedText } from "../../../domain/quoted-text.ts";
import type { ExtensionTool } from "./agent-program.ts";
import { toolClassOf, toolNamePattern } from "./built-in-tools.ts";
import { allowProject, type OfferedSources } from "./offered-sources.ts";
import type { StepFinding } from "./tool-profile.ts";

export interface ExtensionGrants {
  readonly tools: readonly ExtensionTool[];
  readonly findings: readonly StepFinding[];
}

/**
 * The tools of extensions that a step asks for, each of which the host must offer and the graph allow. `builtIns` is how many tools the agent
 * has beside them.
 */
export async function extensionGrants(
  asked: readonly string[] | undefined,
  builtIns: number,
  authority: GraphAuthority,
  offered: OfferedSources,
): Promise<ExtensionGrants> {
  const names = asked ?? [];
  const [general] = generalFindings(names, builtIns, authority, offered);
  if (names.length === 0 || general !== undefined)
    return { tools: [], findings: general === undefined ? [] : [general] };
  const tools: ExtensionTool[] = [];
  const findings: StepFinding[] = [];
  const seen = new Set<string>();
  for (const [index, name] of names.entries()) {
    const tool = seen.has(name) ? duplicate(name) : await grant(name, authority, offered);
    seen.add(name);
    if ("realPath" in tool) tools.push(tool);
    else findings.push({ ...tool, severity: "error", pointer: pointerFrom("agent", "extensionTools", index) });
  }
  return { tools, findings };
}

type Problem = Pick<StepFinding, "code" | "message" | "repair">;

function generalFindings(
  names: readonly string[],
  builtIns: number,
  authority: GraphAuthority,
  { inventory }: OfferedSources,
): StepFinding[] {
  const at = { severity: "error", pointer: "/agent/extensionTools" } as const;
  const findings: StepFinding[] = [];
  if (names.length > 0 && authority.allowExtensionCode !== true) {
    const repair = 'Set "allowExtensionCode" to true in the graph\'s "authority", or leave the tools out.';
    findings.push({
      ...at,
      code: "extension-code-authority-required",
      message: "The graph does not allow tools of extensions.",
      repair,
    });
  }
  if (names.length + builtIns > limits.agentToolsMax) {
    const message = `An agent may have ${limits.agentToolsMax} tools in all, not ${names.length + builtIns}.`;
    findings.push({
      ...at,
      code: "extension-tools-too-many",
      message,
      repair: "Ask only for the tools that the task needs.",
    });
  }
  if (names.length > 0 && inventory === undefined) {
    const message = "No tools of extensions are set up here.";
    findings.push({ ...at, code: "extension-tool-inventory-unavailable", message, repair: "Leave them out." });
  }
  return findings;
}

async function grant(
  name: string,
  authority: GraphAuthority,
  offered: OfferedSources,
): Promise<ExtensionTool | Problem> {
  const { inventory } = offered;
  if (!toolNamePattern.test(name)) {
    const repair = "Write the name of a tool: a letter, then letters, digits, hyphens and underscores.";
    return { code: "extension-tool-name-invalid", message: `${quotedText(name)} is no name of a tool.`, repair };
  }
  if (toolClassOf(name) !== undefined) {
    const message = `${name} is a built-in tool, not that of an extension.`;
    return { code: "extension-tool-reserved", message, repair: 'Name it in "tools".' };
  }
  const path = inventory?.get(name);
  if (path === undefined) {
    const repair = `Ask for some of ${[...(inventory?.keys() ?? [])].slice(0, limits.agentToolsMax).join(", ") || "none"}.`;
    return { code: "extension-tool-unavailable", message: `No extension with a tool ${name} is set up here.`, repair };
  }
  const found = await offered.extension(path);
  if ("problem" in found) {
    const message = `The extension of ${name} in ${path} cannot be used: ${found.problem}.`;
    return { code: "extension-tool-source-unloadable", message, repair: "Repair it, or leave the tool out." };
  }
  if (found.origin !== "elsewhere" && authority.allowProjectCode !== true) {
    const code = found.origin === "project" ? "extension-tool-project-denied" : "extension-tool-local-denied";
    const message = `The extension of ${name} comes from the project, in ${path}, which the graph does not allow.`;
    return { code, message, repair: allowProject };
  }
  return { name, realPath: found.realPath };
}

function duplicate(name: string): Problem {
  return { code: "extension-tool-duplicate", message: `${name} is asked for twice.`, repair: "Name each tool once." };
}
