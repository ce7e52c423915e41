import { realpath } from "node:fs/promises";
import type { AgentDocument } from "../../../domain/agent.ts";
import type { Clock } from "../../../ports/clock.ts";
import type { Attempt } from "../../../ports/executor.ts";
import type { PrivateFiles } from "../processes/private-files.ts";
import type { AgentOrder, AgentProfile } from "./agent-program.ts";
import { agentProfile } from "./agent-profile.ts";
import { reasonOf } from "./reason-of.ts";
import type { ExtensionInventory, SkillOffer } from "./extension-inventory.ts";
import { delegatedTask, type Handoff } from "./handoff.ts";
import type { LaunchDenial } from "./launch-checks.ts";
import { OfferedSources } from "./offered-sources.ts";
import { systemPrompt } from "./prompt.ts";

/** What the host offers to all agents. */
export interface AgentOffer {
  readonly extensions: ExtensionInventory | undefined;
  readonly skills: readonly SkillOffer[];
}

/**
 * What the agent of an attempt is and may do. All rules are applied again: the step may come from a journal that somebody else wrote. A source is
 * not read here, since it is right before the start.
 */
export async function resolveProfile(
  attempt: Attempt,
  agent: AgentDocument,
  offer: AgentOffer,
): Promise<AgentProfile | LaunchDenial> {
  const { definition, graph, root, step } = attempt;
  if (agent.ref !== undefined && definition?.ref !== agent.ref) {
    return { code: "library-agent-unknown", message: `The run kept no definition of ${agent.ref}.` };
  }
  const authority = graph.authority ?? {};
  const offered = new OfferedSources(root, offer.extensions, offer.skills, async (path) => ({
    realPath: await realpath(path),
  }));
  const { skills, findings } = await offered.skills(authority);
  const resolved = await agentProfile(step.id, agent, definition, authority, offered, skills);
  const error = [...findings, ...resolved.findings].find(({ severity }) => severity === "error");
  return error === undefined ? resolved.profile : { code: error.code, message: error.message };
}

/** Writes down what the agent is told: its task, and who it is. */
export async function prepareOrder(
  attempt: Attempt,
  agent: AgentDocument,
  profile: AgentProfile,
  clock: Clock,
  files: PrivateFiles,
): Promise<{ readonly order: AgentOrder; readonly handoff: Handoff } | LaunchDenial> {
  let handoff: Handoff;
  try {
    handoff = await delegatedTask(attempt, agent.task, profile.mutationScope, files);
  } catch (error) {
    return {
      code: "handoff-failed",
      message: `The outputs of earlier steps could not be handed over: ${reasonOf(error)}`,
    };
  }
  const system = systemPrompt(attempt.step.id, profile);
  let systemPromptFile: string;
  try {
    systemPromptFile = await files.write("system.md", [Buffer.from(system)]);
  } catch (error) {
    return { code: "prompt-file-failed", message: `The system prompt could not be written: ${reasonOf(error)}` };
  }
  const order: AgentOrder = {
    attempt,
    clock,
    agent,
    profile,
    cwd: attempt.place?.realPath ?? attempt.root,
    task: handoff.task,
    systemPrompt: system,
    systemPromptFile,
    scratch: files.directory,
  };
  return { order, handoff };
}
