import type { AgentDefinition, AgentDocument, GraphAuthority } from "../../../domain/agent.ts";
import type { StepId } from "../../../domain/ids.ts";
import type { AgentProfile, SkillSource } from "./agent-program.ts";
import { extensionGrants } from "./extension-grants.ts";
import { scopeFinding } from "./mutation-scope.ts";
import type { OfferedSources } from "./offered-sources.ts";
import { toolProfile, type StepFinding } from "./tool-profile.ts";

export interface ResolvedProfile {
  readonly profile: AgentProfile;
  readonly findings: readonly StepFinding[];
}

/**
 * What an agent is and may do, from its step and its definition. What the step says comes before what the definition says. Only without an error
 * among the findings may it be used.
 */
export async function agentProfile(
  step: StepId,
  agent: AgentDocument,
  definition: AgentDefinition | undefined,
  authority: GraphAuthority,
  offered: OfferedSources,
  skills: readonly SkillSource[],
): Promise<ResolvedProfile> {
  const { tools, findings } = toolProfile(agent, definition?.tools, authority);
  const grants = await extensionGrants(agent.extensionTools, tools.length, authority, offered);
  const scope = scopeFinding(agent.mutationScope, agent.ref, tools);
  return {
    profile: {
      ref: definition?.ref ?? `inline:${step}`,
      system: definition?.system ?? agent.system ?? "",
      tools,
      extensionTools: grants.tools,
      skills,
      model: agent.model ?? definition?.model,
      thinking: thinkingOf(agent.thinking) ?? definition?.thinking,
      mutationScope: agent.mutationScope?.trim() || undefined,
    },
    findings: [...findings, ...grants.findings, ...(scope === undefined ? [] : [scope])],
  };
}

function thinkingOf(given: string | undefined): string | undefined {
  return given === "inherit" ? undefined : given;
}
