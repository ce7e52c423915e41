import type { AgentDocument, GraphAuthority } from "../../domain/agent.ts";
import type { GraphDocument, StepDocument } from "../../domain/graph-document.ts";
import type { GraphFrame } from "./graph-schema.ts";
import type { ShapedStep } from "./step-schema.ts";

type Given = Readonly<Record<string, unknown>>;

/**
 * Makes the one form of a graph: fields in the order of `GraphDocument`, nothing absent or empty, nothing twice, and nothing
 * shared with what was given. Two files that say the same give the same text.
 */
export function canonicalDocument(frame: GraphFrame, steps: readonly StepDocument[]): GraphDocument {
  const { name, objective, limits, notify, authority, library } = frame;
  return {
    name,
    objective,
    steps,
    ...section("limits", limits, ["concurrency", "stepTimeoutSeconds", "maxRunSeconds", "retentionSeconds"]),
    ...section("notify", notify, ["mode", "maxNotices", "minIntervalSeconds"]),
    ...section("authority", authority, authorityOrder),
    ...(library?.sources === undefined ? {} : { library: { sources: [...new Set(library.sources)] } }),
  };
}

/**
 * The same for one step. Takes over what the schema made: its lists and objects are copies already, and a spread for each
 * optional field would take four times as long at 100 000 steps.
 */
export function canonicalStep(step: ShapedStep): StepDocument {
  const made: Record<string, unknown> = { id: step.id };
  if (step.command !== undefined) made["command"] = step.command;
  if (step.shell !== undefined) made["shell"] = step.shell;
  if (step.task !== undefined) made["task"] = step.task;
  if (step.agent !== undefined) made["agent"] = inOrder(step.agent, agentOrder);
  if (step.parser !== undefined) made["parser"] = step.parser;
  if (step.needs !== undefined && step.needs.length > 0) made["needs"] = withoutRepeats(step.needs);
  if (step.after !== undefined && step.after.length > 0) made["after"] = withoutRepeats(step.after);
  if (step.cwd !== undefined) made["cwd"] = step.cwd;
  if (step.env !== undefined && Object.keys(step.env).length > 0) made["env"] = step.env;
  if (step.timeoutSeconds !== undefined) made["timeoutSeconds"] = step.timeoutSeconds;
  if (step.retry !== undefined) made["retry"] = inOrder(step.retry, ["attempts", "backoffSeconds"]);
  if (step.onInterrupted !== undefined) made["onInterrupted"] = step.onInterrupted;
  return made as unknown as StepDocument;
}

const agentOrder = [
  "kind",
  "task",
  "system",
  "ref",
  "tools",
  "extensionTools",
  "model",
  "thinking",
  "mutationScope",
  "command",
] as const satisfies readonly (keyof AgentDocument)[];

const authorityOrder = [
  "allowFilesystemRead",
  "allowShellTools",
  "allowMutationTools",
  "allowExtensionCode",
  "allowProjectCode",
] as const satisfies readonly (keyof GraphAuthority)[];

function withoutRepeats(ids: readonly string[]): readonly string[] {
  return ids.length === 1 ? ids : [...new Set(ids)];
}

function section(name: string, given: Given | undefined, order: readonly string[]): Given {
  const made = given === undefined ? {} : inOrder(given, order);
  return Object.keys(made).length === 0 ? {} : { [name]: made };
}

function inOrder(given: Given, order: readonly string[]): Given {
  const made: Record<string, unknown> = {};
  for (const key of order) {
    const value = given[key];
    // JSON has a negative zero; a text made of it does not, and the document must survive the way there and back.
    if (value !== undefined) made[key] = value === 0 ? 0 : value;
  }
  return made;
}
