import type { AgentDocument, GraphAuthority, LibrarySource } from "../../../domain/agent.ts";
import { kindsWithIdentity } from "../../../domain/agent-kinds.ts";
import { isStepId } from "../../../domain/ids.ts";
import { quotedText } from "../../../domain/quoted-text.ts";
import type { StepFinding } from "./tool-profile.ts";

/** Who an agent is: written in its step, or defined in a file of a source. */
export type AgentBinding =
  | { readonly type: "inline" }
  | { readonly type: "library"; readonly ref: string; readonly source: LibrarySource }
  | { readonly type: "invalid"; readonly finding: StepFinding };

/** Which of `system` and `ref` a step gives, and whether its graph lets it. Whether a definition is there is for others to see. */
export function agentBinding(
  { kind, system, ref }: Pick<AgentDocument, "kind" | "system" | "ref">,
  sources: readonly LibrarySource[],
  authority: GraphAuthority,
): AgentBinding {
  if (system !== undefined && ref !== undefined) {
    return invalid(
      "step-agent-binding-exclusive",
      "It gives both a system prompt and a reference.",
      "/agent",
      'Leave "system" or "ref" out.',
    );
  }
  if (ref === undefined) {
    if (system === undefined) {
      // Other programs know by themselves what they are.
      if (!kindsWithIdentity.includes(kind)) return { type: "inline" };
      return invalid("step-agent-invalid", "Nothing says who the agent is.", "/agent", giveOne);
    }
    if (system.trim() === "")
      return invalid("inline-system-required", "Its system prompt is blank.", "/agent/system", giveOne);
    return { type: "inline" };
  }
  const source = sourceOf(ref);
  if (source === undefined) {
    const repair = 'Write the source, a colon and the name, such as "package:reviewer".';
    return invalid("library-agent-ref-invalid", `${quotedText(ref)} refers to no agent.`, "/agent/ref", repair);
  }
  if (!sources.includes(source)) {
    const repair = `Add "${source}" to the graph's "library.sources".`;
    return invalid(
      "library-source-not-enabled",
      `The graph takes no agents from the source ${source}.`,
      "/agent/ref",
      repair,
    );
  }
  if (source === "project" && authority.allowProjectCode !== true) {
    const repair = 'Set "allowProjectCode" to true in the graph\'s "authority", if you trust the project.';
    return invalid(
      "project-code-authority-required",
      "The graph does not allow agents of the project.",
      "/agent/ref",
      repair,
    );
  }
  return { type: "library", ref, source };
}

const giveOne = 'Write a system prompt in "system", or name a definition in "ref", such as "package:reviewer".';
const sourceNames: readonly LibrarySource[] = ["package", "user", "project"];

function sourceOf(ref: string): LibrarySource | undefined {
  return sourceNames.find((source) => ref.startsWith(`${source}:`) && isStepId(ref.slice(source.length + 1)));
}

function invalid(code: string, message: string, pointer: string, repair: string): AgentBinding {
  return { type: "invalid", finding: { code, severity: "error", message, pointer, repair } };
}
