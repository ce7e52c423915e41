import { acpProgram } from "./adapters/executors/acp/acp-program.ts";
import type { AcpOptions } from "./adapters/executors/acp/acp-program.ts";
import { AgentLibrary } from "./adapters/executors/agents/agent-definitions.ts";
import type { AgentLibraryOptions } from "./adapters/executors/agents/agent-definitions.ts";
import { agentExecutor } from "./adapters/executors/agents/agent-executor.ts";
import type { AgentProgram } from "./adapters/executors/agents/agent-program.ts";
import type { SkillOffer } from "./adapters/executors/agents/extension-inventory.ts";
import { piProgram } from "./adapters/executors/pi/pi-program.ts";
import type { PiOptions } from "./adapters/executors/pi/pi-program.ts";
import type { ChildProcesses } from "./adapters/executors/processes/child-processes.ts";
import type { Clock } from "./ports/clock.ts";
import type { Executor } from "./ports/executor.ts";

/** How the agents of a runtime are set up. All of it is the host's to say; a graph can change none of it. */
export interface AgentOptions {
  /** Steps of kind `pi`. Default: the `pi` that is found in `PATH` outside of the workspace, with models and keys of its own. */
  readonly pi?: PiOptions;
  /**
   * Agents that speak the Agent Client Protocol, each with a `kind` of its own by which graphs call it. Steps of kind `acp`, which name
   * their program themselves, can be run in any case.
   */
  readonly acp?: readonly (AcpOptions & { readonly kind: string })[];
  /** Further agent programs; one of a kind that is there already takes its place. */
  readonly programs?: readonly AgentProgram[];
  /** Where definitions lie that steps refer to. */
  readonly library?: AgentLibraryOptions;
  /** Tools of extensions that graphs may ask for: the name of each, and the file or directory of its extension. Default: none. */
  readonly extensionTools?: Readonly<Record<string, string>>;
  /** Skills that every agent gets. Default: none. */
  readonly skills?: readonly SkillOffer[];
}

/** The executor of agent steps that a runtime has by itself. */
export function builtInAgents(
  options: AgentOptions,
  parts: { readonly clock: Clock; readonly processes: ChildProcesses; readonly inheritVariables: readonly string[] },
): Executor {
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
