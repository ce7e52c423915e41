import type { Attempt } from "../../../ports/executor.ts";
import { inheritedEnvironment, type Environment } from "../processes/environment.ts";
import type { AgentLaunch } from "./agent-program.ts";
import { distrustedFor, trustedPath } from "./trusted-program.ts";

/** Variables by which programs find the keys of model providers. An agent gets those that are set, since it can do nothing without one. */
export const providerVariables: readonly string[] = [
  "AI_GATEWAY_API_KEY",
  "ANTHROPIC_API_KEY",
  "ANTHROPIC_OAUTH_TOKEN",
  "AZURE_OPENAI_API_KEY",
  "CEREBRAS_API_KEY",
  "DEEPSEEK_API_KEY",
  "FIREWORKS_API_KEY",
  "GEMINI_API_KEY",
  "GOOGLE_API_KEY",
  "GROQ_API_KEY",
  "HF_TOKEN",
  "KIMI_API_KEY",
  "MINIMAX_API_KEY",
  "MISTRAL_API_KEY",
  "MOONSHOT_API_KEY",
  "OPENAI_API_KEY",
  "OPENCODE_API_KEY",
  "OPENROUTER_API_KEY",
  "TOGETHER_API_KEY",
  "XAI_API_KEY",
  "ZAI_API_KEY",
];

/**
 * What every agent finds in its environment: the little that all child processes inherit, keys of model providers, what the host named, which
 * attempt it is, and what its step says, which wins.
 */
export function agentEnvironment(
  { run, step, number, variables }: Pick<Attempt, "run" | "step" | "number"> & Partial<Pick<Attempt, "variables">>,
  parent: NodeJS.ProcessEnv,
  alsoInherit: readonly string[],
): Environment {
  return {
    ...inheritedEnvironment(parent, [...providerVariables, ...alsoInherit]),
    RUNFOLD_RUN: run,
    RUNFOLD_STEP: step.id,
    RUNFOLD_ATTEMPT: String(number),
    ...variables,
    ...step.env,
  };
}

/**
 * What a program is started with: what every agent finds, and what its launch adds, which wins. Its PATH holds nothing of the workspace,
 * whoever says it, so that a script's interpreter (`#!/usr/bin/env node`) is none from there.
 */
export async function launchEnvironment(
  attempt: Attempt,
  launch: Pick<AgentLaunch, "environment">,
  { cwd, parent, alsoInherit }: { cwd: string; parent: NodeJS.ProcessEnv; alsoInherit: readonly string[] },
): Promise<Environment> {
  const environment = { ...agentEnvironment(attempt, parent, alsoInherit), ...launch.environment };
  return { ...environment, PATH: await trustedPath(environment["PATH"], await distrustedFor(attempt, cwd)) };
}
