import { acpProgram } from "./adapters/executors/acp/acp-program.ts";
import { AgentLibrary } from "./adapters/executors/agents/agent-definitions.ts";
import { agentExecutor } from "./adapters/executors/agents/agent-executor.ts";
import type { AgentProgram } from "./adapters/executors/agents/agent-program.ts";
import { piProgram } from "./adapters/executors/pi/pi-program.ts";
import type { ChildProcesses } from "./adapters/executors/processes/child-processes.ts";
import type { AgentOptions } from "./agent-options.ts";
import type { Clock } from "./ports/clock.ts";
import type { Executor } from "./ports/executor.ts";

/** What agents have in common with commands. */
export interface AgentParts {
  readonly clock: Clock;
  readonly processes: ChildProcesses;
  readonly inheritVariables: readonly string[];
}

/** The executor of agent steps that a runtime has by itself. */
export function builtInAgents(options: AgentOptions, parts: AgentParts): Executor {
  const { pi = {}, acp = [], programs = [], library, extensionTools, skills = [] } = options;
  const byKind = new Map<string, AgentProgram>();
  for (const program of [piProgram(pi), acpProgram(), ...acp.map((one) => acpProgram(one)), ...programs]) {
    byKind.set(program.kind, program);
  }
  return agentExecutor({
    ...parts,
    programs: [...byKind.values()],
    ...(library === undefined ? {} : { definitions: new AgentLibrary(library) }),
    ...(extensionTools === undefined ? {} : { extensions: new Map(Object.entries(extensionTools)) }),
    skills,
  });
}
