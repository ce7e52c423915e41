import { createHash } from "node:crypto";
import type { AgentDefinition, LibrarySource } from "../../../domain/agent.ts";
import { isStepId } from "../../../domain/ids.ts";
import { limits } from "../../../domain/limits.ts";
import { quotedText, quotedValue } from "../../../domain/quoted-text.ts";
import { builtInTools, toolClassOf } from "./built-in-tools.ts";
import { frontMatter } from "./front-matter.ts";

/** Why a file defines no agent, or what in it does not count. */
export interface AgentFileProblem {
  readonly code: string;
  readonly message: string;
}

export type ParsedAgentFile =
  | {
      readonly type: "definition";
      readonly definition: AgentDefinition;
      readonly warnings: readonly AgentFileProblem[];
    }
  | ({ readonly type: "problem" } & AgentFileProblem);

export const thinkingLevels: readonly string[] = ["inherit", "off", "minimal", "low", "medium", "high", "xhigh", "max"];

/** Fields by which a file would give itself what only a graph or the host may give, under the names that people try. */
const denied: ReadonlyMap<string, string> = new Map([
  ...["extensionTools", "extension-tools", "extension_tools", "extensions"].map(
    (field) => [field, "agent-extension-tools-denied"] as const,
  ),
  ...["skills", "callerSkills", "caller-skills", "caller_skills"].map(
    (field) => [field, "agent-caller-skills-denied"] as const,
  ),
]);

const known: ReadonlySet<string> = new Set(["name", "description", "tools", "model", "thinking", "tags"]);

/**
 * Reads one agent file: Markdown whose front matter has `name` and `description`, and may have `tools`, `model`, `thinking` and `tags`; what
 * comes after it is the system prompt. A file with a field that is not right defines nothing, since it would not be the agent that its author
 * meant; a field that nobody knows is told of and passed over.
 */
export function parseAgentFile(source: LibrarySource, filePath: string, bytes: Uint8Array): ParsedAgentFile {
  const parsed = frontMatter(Buffer.from(bytes).toString("utf8"));
  if (typeof parsed === "string") return problem("agent-frontmatter-invalid", parsed);
  const { fields, body } = parsed;
  for (const field of fields.keys()) {
    const code = denied.get(field);
    if (code !== undefined)
      return problem(code, `A file cannot grant itself ${quotedText(field)}; a graph or the host does.`);
  }
  const name = fields.get("name");
  if (typeof name !== "string" || !isStepId(name)) {
    return problem(
      "agent-name-invalid",
      `Its name is ${quotedValue(name)}, not a lower-case letter and then lower-case letters, digits and hyphens, 63 at most.`,
    );
  }
  const description = textOf(fields.get("description"), limits.agentDescriptionCharsMax);
  if (description === undefined) {
    return problem(
      "agent-frontmatter-invalid",
      `It has no description of 1 to ${limits.agentDescriptionCharsMax} characters.`,
    );
  }
  if (body === "") return problem("agent-frontmatter-invalid", "It has no system prompt after its front matter.");
  if (body.length > limits.textCharsMax) {
    return problem("agent-frontmatter-invalid", `Its system prompt has more than ${limits.textCharsMax} characters.`);
  }
  const options = optionsOf(fields);
  if ("code" in options) return { type: "problem", ...options };
  const definition: AgentDefinition = {
    ref: `${source}:${name}`,
    name,
    description,
    source,
    filePath,
    sha256: createHash("sha256").update(bytes).digest("hex"),
    system: body,
    ...options,
  };
  const warnings = [...fields.keys()]
    .filter((field) => !known.has(field))
    .map((field) => ({
      code: "agent-field-unknown",
      message: `Nobody knows its field ${quotedText(field)}; it does nothing.`,
    }));
  return { type: "definition", definition, warnings };
}

type Options = Pick<AgentDefinition, "tools" | "model" | "thinking" | "tags">;

function optionsOf(fields: ReadonlyMap<string, unknown>): Options | AgentFileProblem {
  const tools = listOf(fields.get("tools"));
  if (
    tools === undefined ||
    tools.length > limits.agentToolsMax ||
    tools.some((tool) => toolClassOf(tool) === undefined)
  ) {
    const message = `Its tools are no list of at most ${limits.agentToolsMax} of ${builtInTools.join(", ")}.`;
    return { code: "agent-tools-invalid", message };
  }
  const tags = listOf(fields.get("tags"));
  if (
    tags === undefined ||
    tags.length > limits.agentTagsMax ||
    tags.some((tag) => tag.length > limits.agentTagCharsMax)
  ) {
    const message = `Its tags are no list of at most ${limits.agentTagsMax} words of at most ${limits.agentTagCharsMax} characters.`;
    return { code: "agent-tags-invalid", message };
  }
  const thinking = fields.get("thinking") ?? undefined;
  if (thinking !== undefined && (typeof thinking !== "string" || !thinkingLevels.includes(thinking))) {
    return {
      code: "agent-thinking-invalid",
      message: `Its thinking is ${quotedValue(thinking)}, none of ${thinkingLevels.join(", ")}.`,
    };
  }
  const model = fields.get("model") ?? undefined;
  if (model !== undefined && textOf(model, limits.reasonCharsMax) === undefined) {
    const message = `Its model is no text of 1 to ${limits.reasonCharsMax} characters.`;
    return { code: "agent-frontmatter-invalid", message };
  }
  return {
    ...(fields.has("tools") ? { tools } : {}),
    ...(typeof model === "string" && model.trim() !== "inherit" ? { model: model.trim() } : {}),
    ...(thinking === undefined || thinking === "inherit" ? {} : { thinking }),
    ...(tags.length === 0 ? {} : { tags }),
  };
}

/** A list of words, written as a list or with commas in between; nothing is the empty list. */
function listOf(value: unknown): readonly string[] | undefined {
  const parts: unknown = typeof value === "string" ? value.split(",") : (value ?? []);
  if (!Array.isArray(parts)) return undefined;
  const words = parts.map((part: unknown) => (typeof part === "string" ? part.trim() : ""));
  if (typeof value === "string" && value.trim() === "") return [];
  return words.includes("") ? undefined : [...new Set(words)];
}

function textOf(value: unknown, charsMax: number): string | undefined {
  if (typeof value !== "string") return undefined;
  const text = value.trim();
  return text === "" || text.length > charsMax ? undefined : text;
}

function problem(code: string, message: string): ParsedAgentFile {
  return { type: "problem", code, message };
}
