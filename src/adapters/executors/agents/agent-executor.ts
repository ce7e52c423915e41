import type { Clock } from "../../../ports/clock.ts";
import type { AttemptResult, Executor } from "../../../ports/executor.ts";
import { ChildProcesses } from "../processes/child-processes.ts";
import { ExecutorProcesses } from "../processes/executor-processes.ts";
import { AgentLibrary } from "./agent-definitions.ts";
import { prepareAgents } from "./agent-findings.ts";
import type { AgentProgram } from "./agent-program.ts";
import type { ExtensionInventory, SkillOffer } from "./extension-inventory.ts";
import { KnownSources } from "./known-sources.ts";
import { OfferedSources } from "./offered-sources.ts";
import { runAgent, type AgentTools } from "./run-agent.ts";
import { fingerprintOf, type SourceFingerprint } from "./source-fingerprint.ts";

export interface AgentExecutorOptions {
  /** One for each kind that graphs may name. */
  readonly programs: readonly AgentProgram[];
  readonly clock: Clock;
  /** Shared with other executors, so that one guardian does for all; its clock counts then. Default: of its own. */
  readonly processes?: ChildProcesses;
  /** Where agents that are named by reference are defined. Default: those of the package and of the user's own directory. */
  readonly definitions?: AgentLibrary;
  /** Tools of extensions that graphs may ask for. Default: none are set up. */
  readonly extensions?: ExtensionInventory;
  /** Skills that every agent gets. Default: none. */
  readonly skills?: readonly SkillOffer[];
  /** What agents may inherit from; the variables of this process where it is not given. */
  readonly environment?: NodeJS.ProcessEnv;
  /** Names of further variables that agents inherit, beside PATH, HOME, the locale and keys of model providers. */
  readonly inheritVariables?: readonly string[];
}

/**
 * Runs steps of kind `agent`, each as a child process of its own that an agent program speaks with, on POSIX systems. An agent that ends takes
 * everything it started with it, and none outlives this process, however that ends. Its output is its final text.
 * @throws Error where two programs have one kind
 */
export function agentExecutor(options: AgentExecutorOptions): Executor {
  const programs = new Map(options.programs.map((program) => [program.kind, program]));
  if (programs.size < options.programs.length) throw new Error("two agent programs have the same kind");
  const environment = options.environment ?? process.env;
  const shared = options.processes ?? new ChildProcesses({ clock: options.clock, path: environment["PATH"] });
  const processes = new ExecutorProcesses(shared);
  const library = options.definitions ?? new AgentLibrary();
  const { extensions, skills = [], inheritVariables = [] } = options;
  const tools: AgentTools = { environment, inheritVariables, extensions, skills, sources: new KnownSources() };

  return {
    kinds: ["agent"],

    refuses({ agent }) {
      if (process.platform === "win32") return "Agents need a POSIX system.";
      if (agent === undefined) return "The step has no agent.";
      const program = programs.get(agent.kind);
      if (program !== undefined) return program.refuses?.(agent);
      const known = [...programs.keys()].join(", ");
      return `No agent of kind ${agent.kind} is set up here; ${known === "" ? "there are none" : `known kinds: ${known}`}.`;
    },

    async prepare(graph, steps, root) {
      const found = new Map<string, SourceFingerprint>();
      const offered = new OfferedSources(root, extensions, skills, async (path) => {
        const fingerprint = await fingerprintOf(path);
        found.set(path, fingerprint);
        return fingerprint;
      });
      const preparation = await prepareAgents(graph, steps, root, { library, offered, programs });
      tools.sources.prepare(graph, found);
      return preparation;
    },

    takesMessages: ({ agent }) => agent !== undefined,

    async execute(attempt) {
      const { agent } = attempt.step;
      const program = agent && programs.get(agent.kind);
      if (agent === undefined || program === undefined) throw new Error("a step came that had been refused");
      return await new Promise<AttemptResult>((resolve, reject) => {
        const work = processes.execute(attempt, (own) => runAgent(attempt, agent, program, own, tools, resolve));
        // Where the result is there already, this changes nothing.
        work.then(() => reject(new Error("an agent ended without a result")), reject);
      });
    },

    sweep: (owner) => processes.sweep(owner),
    close: () => processes.close(),
  };
}
