import type { AcpOptions } from "./adapters/executors/acp/acp-program.ts";
import type { AgentLibraryOptions } from "./adapters/executors/agents/agent-definitions.ts";
import type { AgentProgram } from "./adapters/executors/agents/agent-program.ts";
import type { SkillOffer } from "./adapters/executors/agents/extension-inventory.ts";
import type { PiOptions } from "./adapters/executors/pi/pi-program.ts";
import type { Foreknown } from "./deferred-executor.ts";

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

/** What the options say of agent steps without any of the programs being loaded. */
export function foreknownAgents({ acp = [], programs = [] }: AgentOptions): Foreknown {
  const known = new Set(["pi", "acp", ...acp.map(({ kind }) => kind), ...programs.map(({ kind }) => kind)]);
  return {
    kinds: ["agent"],
    takesMessages: true,
    refuses({ agent }) {
      if (agent === undefined || known.has(agent.kind)) return undefined;
      return `No agent of kind ${agent.kind} is set up here; known kinds: ${[...known].join(", ")}.`;
    },
  };
}
