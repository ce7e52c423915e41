import type { GraphAuthority } from "../../../domain/agent.ts";
import { limits } from "../../../domain/limits.ts";
import type { SkillSource } from "./agent-program.ts";
import { reasonOf } from "./reason-of.ts";
import { originOf, type ExtensionInventory, type SkillOffer, type SourceOrigin } from "./extension-inventory.ts";
import type { StepFinding } from "./tool-profile.ts";

/** One offered file or directory, looked at before a run. */
export type OfferedSource = { readonly realPath: string; readonly origin: SourceOrigin } | { readonly problem: string };

/**
 * What the host offers to the agents of one run; each file is looked at once, however many steps use it. `read` says how: it gives the real path,
 * or throws an Error saying why the source cannot be used.
 */
export class OfferedSources {
  readonly inventory: ExtensionInventory | undefined;
  private readonly root: string;
  private readonly offered: readonly SkillOffer[];
  private readonly read: (path: string) => Promise<{ readonly realPath: string }>;
  private readonly looked = new Map<string, Promise<OfferedSource>>();

  constructor(
    root: string,
    inventory: ExtensionInventory | undefined,
    skills: readonly SkillOffer[],
    read: (path: string) => Promise<{ readonly realPath: string }>,
  ) {
    this.root = root;
    this.read = read;
    this.inventory = inventory;
    this.offered = skills;
  }

  async extension(path: string): Promise<OfferedSource> {
    return await this.look(path);
  }

  /** All skills, or what is wrong: they are given as a whole or not at all. */
  async skills(
    authority: GraphAuthority,
  ): Promise<{ skills: readonly SkillSource[]; findings: readonly StepFinding[] }> {
    const findings: StepFinding[] = [];
    const skills: SkillSource[] = [];
    if (this.offered.length > limits.agentSkillsMax) {
      const message = `An agent may have ${limits.agentSkillsMax} skills; ${this.offered.length} are offered.`;
      return { skills, findings: [skillFinding("subagent-skills-too-many", message, "Offer fewer skills.")] };
    }
    const names = new Set<string>();
    for (const { name, path } of this.offered) {
      if (names.has(name)) {
        findings.push(
          skillFinding("caller-skills-ambiguous", `Two skills are called ${name}.`, "Offer each name once."),
        );
      }
      names.add(name);
      const found = await this.look(path);
      if ("problem" in found) {
        const message = `The skill ${name} in ${path} cannot be given to agents: ${found.problem}.`;
        findings.push(skillFinding("caller-skill-source-unavailable", message, "Repair it, or do not offer it."));
      } else if (found.origin !== "elsewhere" && authority.allowProjectCode !== true) {
        const message = `The skill ${name} comes from the project, in ${path}, which the graph does not allow.`;
        findings.push(skillFinding("caller-skills-project-code-authority-required", message, allowProject));
      } else skills.push({ name, realPath: found.realPath });
    }
    return findings.length > 0 ? { skills: [], findings } : { skills, findings };
  }

  private async look(path: string): Promise<OfferedSource> {
    let looking = this.looked.get(path);
    if (looking === undefined) {
      looking = this.inspect(path);
      this.looked.set(path, looking);
    }
    return await looking;
  }

  private async inspect(path: string): Promise<OfferedSource> {
    try {
      const { realPath } = await this.read(path);
      return { realPath, origin: await originOf(path, this.root) };
    } catch (error) {
      return { problem: reasonOf(error) };
    }
  }
}

export const allowProject = 'Set "allowProjectCode" to true in the graph\'s "authority", if you trust the project.';

function skillFinding(code: string, message: string, repair: string): StepFinding {
  return { code, severity: "error", message, pointer: "/agent", repair };
}
