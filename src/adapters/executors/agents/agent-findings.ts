import { resolve } from "node:path";
import type {
  AgentDefinition,
  AgentDocument,
  AgentFinding,
  GraphAuthority,
  LibrarySource,
} from "../../../domain/agent.ts";
import type { GraphDocument, StepDocument } from "../../../domain/graph-document.ts";
import { limits } from "../../../domain/limits.ts";
import type { Preparation } from "../../../ports/executor.ts";
import { agentBinding, type AgentBinding } from "./agent-binding.ts";
import type { AgentLibrary } from "./agent-definitions.ts";
import type { LibraryFinding } from "./agent-directory.ts";
import type { AgentProgram } from "./agent-program.ts";
import { agentProfile } from "./agent-profile.ts";
import { toolClassOf } from "./built-in-tools.ts";
import { settingsMessage } from "./launch-checks.ts";
import { OfferedSources } from "./offered-sources.ts";
import { plantedSettings } from "./project-settings.ts";
import type { StepFinding } from "./tool-profile.ts";

/** What agents are prepared with: what the host set up. */
export interface AgentSetup {
  readonly library: AgentLibrary;
  readonly offered: OfferedSources;
  /** By kind. */
  readonly programs: ReadonlyMap<string, AgentProgram>;
}

/**
 * Looks at all agent steps of a graph: who they are, what they may use, what they may change. Every finding of every step is reported, each with a
 * pointer into its own step. Files are read once, whatever the number of steps.
 */
export async function prepareAgents(
  graph: GraphDocument,
  steps: readonly StepDocument[],
  root: string,
  setup: AgentSetup,
): Promise<Preparation> {
  return await new AgentPreparation(graph, root, setup).run(steps);
}

class AgentPreparation {
  private readonly authority: GraphAuthority;
  private readonly sources: readonly LibrarySource[];
  private readonly root: string;
  private readonly setup: AgentSetup;
  private readonly findings: AgentFinding[] = [];
  private readonly used = new Map<string, AgentDefinition>();
  private readonly settings = new Map<string, Promise<string | undefined>>();

  constructor({ authority, library }: GraphDocument, root: string, setup: AgentSetup) {
    this.authority = authority ?? {};
    this.sources = library?.sources ?? ["package"];
    this.root = root;
    this.setup = setup;
  }

  async run(steps: readonly StepDocument[]): Promise<Preparation> {
    const bound = steps.flatMap((step) => {
      const { agent } = step;
      return agent === undefined ? [] : [{ step, agent, binding: agentBinding(agent, this.sources, this.authority) }];
    });
    const [first] = bound;
    if (first === undefined) return { findings: [], definitions: [] };
    const definitions = await this.readLibrary(bound);
    // They are the same for all, so they are told of once.
    const { skills, findings } = await this.setup.offered.skills(this.authority);
    for (const finding of findings) this.add(first.step, finding);
    for (const { step, agent, binding } of bound) {
      if (binding.type === "invalid") this.add(step, binding.finding);
      const definition = binding.type === "library" ? definitions.get(binding.ref) : undefined;
      if (definition !== undefined) this.used.set(definition.ref, definition);
      // What a definition would give cannot be judged without it; what the step itself says can.
      if (definition === undefined && agent.ref !== undefined && agent.tools === undefined) continue;
      const resolved = await agentProfile(step.id, agent, definition, this.authority, this.setup.offered, skills);
      for (const finding of resolved.findings) this.add(step, finding);
      await this.checkSettings(step, agent, resolved.profile.tools);
    }
    return { findings: this.findings, definitions: [...this.used.values()] };
  }

  private async readLibrary(
    bound: readonly { readonly step: StepDocument; readonly binding: AgentBinding }[],
  ): Promise<ReadonlyMap<string, AgentDefinition>> {
    /** Each source with the first step that uses it, which is told what is wrong with it. */
    const firstUses = new Map<LibrarySource, StepDocument>();
    for (const { step, binding } of bound) {
      if (binding.type === "library" && !firstUses.has(binding.source)) firstUses.set(binding.source, step);
    }
    const definitions = new Map<string, AgentDefinition>();
    for (const [source, step] of firstUses) {
      const agents = await this.setup.library.read(source, this.root);
      for (const definition of agents.definitions) definitions.set(definition.ref, definition);
      this.addLibraryFindings(step, agents.findings);
    }
    for (const { step, binding } of bound) {
      if (binding.type !== "library" || definitions.has(binding.ref)) continue;
      this.add(step, unknownAgent(binding.ref, binding.source, definitions));
    }
    return definitions;
  }

  private addLibraryFindings(step: StepDocument, findings: readonly LibraryFinding[]): void {
    let told = 0;
    let left = 0;
    for (const { code, severity, message, path } of findings) {
      if (severity === "info") continue;
      // An error is alone in its source: nothing of it was read.
      if (severity === "warning" && ++told > limits.agentFileWarningsMax) left++;
      else this.add(step, { code, severity, message: `${path}: ${message}`, pointer: "/agent/ref" });
    }
    if (left > 0) {
      const message = `${left} more things are wrong with the agent files of this source.`;
      this.add(step, { code: "agent-file-warnings-omitted", severity: "warning", message, pointer: "/agent/ref" });
    }
  }

  private async checkSettings(step: StepDocument, { kind }: AgentDocument, tools: readonly string[]): Promise<void> {
    if (!tools.some((tool) => toolClassOf(tool) === "shell")) return;
    const cwd = resolve(this.root, step.cwd ?? ".");
    const key = `${kind}\0${cwd}`;
    let looking = this.settings.get(key);
    if (looking === undefined) {
      looking = plantedSettings(cwd, this.setup.programs.get(kind)?.projectSettings);
      this.settings.set(key, looking);
    }
    const path = await looking;
    if (path === undefined) return;
    this.add(step, {
      code: "bash-project-settings-denied",
      severity: "error",
      message: settingsMessage(path),
      pointer: "/agent/tools",
      repair: "Take the shell tools away from the agent, or let it work where there are no such settings.",
    });
  }

  private add({ id }: StepDocument, finding: StepFinding): void {
    this.findings.push({ step: id, ...finding });
  }
}

function unknownAgent(
  ref: string,
  source: LibrarySource,
  definitions: ReadonlyMap<string, AgentDefinition>,
): StepFinding {
  const others = [...definitions.values()].filter((one) => one.source === source).map((one) => one.ref);
  return {
    code: "library-agent-unknown",
    severity: "error",
    message: `There is no agent ${ref}, or its file cannot be used.`,
    pointer: "/agent/ref",
    repair:
      others.length === 0
        ? `The source ${source} has no agents.`
        : `Name one of ${others.slice(0, limits.agentFileWarningsMax).join(", ")}.`,
  };
}
