import type { AgentProfile } from "../agents/agent-program.ts";
import { LaunchDenied } from "../agents/agent-program.ts";
import { readTools } from "../agents/built-in-tools.ts";
import type { PiVersion } from "./pi-version.ts";
import { isAtLeast } from "./pi-version.ts";

export interface ArgumentParts {
  readonly profile: AgentProfile;
  readonly systemPromptFile: string;
  /** Extensions that every agent of the host gets, such as those of model providers: absolute paths. */
  readonly extensions: readonly string[];
  readonly model: string | undefined;
  readonly thinking: string | undefined;
  readonly version: PiVersion | undefined;
}

/**
 * What pi is started with: nothing is found by itself, everything is named.
 *
 * The empty system prompt leaves pi its own instructions and keeps it from taking those of the project, and a prompt that is appended
 * keeps it from appending those of the project: versions before 0.79 have no other way. Flags that a version does not know would
 * end it, so those that came later are given to versions that are known to have them.
 *
 * @throws LaunchDenied where a tool is missing or cannot be named
 */
export function piArguments(parts: ArgumentParts): readonly string[] {
  const { profile, version } = parts;
  const extensions = new Set([...parts.extensions, ...profile.extensionTools.map(({ realPath }) => realPath)]);
  const skills = new Set(profile.skills.map(({ realPath }) => realPath));
  return [
    "--mode",
    "rpc",
    "--no-session",
    "--offline",
    "--no-extensions",
    ...each("--extension", extensions),
    "--no-context-files",
    "--no-skills",
    ...each("--skill", skills),
    "--no-prompt-templates",
    "--no-themes",
    ...(isAtLeast(version, [0, 79, 0]) ? ["--no-approve"] : []),
    ...(isAtLeast(version, [1, 0, 4]) ? ["--no-mcp"] : []),
    "--system-prompt",
    "",
    "--append-system-prompt",
    parts.systemPromptFile,
    ...(parts.model === undefined ? [] : ["--model", parts.model]),
    ...(parts.thinking === undefined ? [] : ["--thinking", parts.thinking]),
    "--tools",
    toolList(profile).join(","),
  ];
}

function each(flag: string, values: Iterable<string>): string[] {
  return Array.from(values, (value) => [flag, value]).flat();
}

/** Built-in tools first, then those of extensions, each once. */
function toolList({ tools, extensionTools }: AgentProfile): readonly string[] {
  const missing = readTools.filter((tool) => !tools.includes(tool));
  if (missing.length > 0) {
    throw new LaunchDenied(
      `pi needs all of the tools that read (${readTools.join(", ")}); missing: ${missing.join(", ")}.`,
    );
  }
  const names = [...new Set([...tools, ...extensionTools.map(({ name }) => name)])];
  // In newer versions a list may hold patterns, and signs that add and remove.
  const odd = names.find((name) => !/^[A-Za-z0-9_][A-Za-z0-9_.:-]*$/.test(name));
  if (odd !== undefined) throw new LaunchDenied(`pi cannot be given a tool of the name ${JSON.stringify(odd)}.`);
  return names;
}
