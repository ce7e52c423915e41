import { homedir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { AgentDefinition, LibrarySource } from "../../../domain/agent.ts";
import type { LibraryFinding, SourceAgents } from "./agent-directory.ts";
import { isInside, realPathOf } from "./inside.ts";

/** Where a project keeps agent definitions, below its root. */
export const projectAgentsDirectory = join(".runfold", "agents");

export interface AgentLibraryOptions {
  /** Default: the definitions that come with this package. */
  readonly packageDirectory?: string;
  /** Default: `runfold/agents` in `XDG_CONFIG_HOME`, or in `~/.config`. Refused where it lies in the project that is worked on. */
  readonly userDirectory?: string;
}

/** The agent definitions in files. They are read anew each time, so that a change counts for the next run. */
export class AgentLibrary {
  readonly packageDirectory: string;
  readonly userDirectory: string;

  constructor(options: AgentLibraryOptions = {}) {
    this.packageDirectory = options.packageDirectory ?? packagedAgents();
    this.userDirectory = options.userDirectory ?? userAgents(process.env);
  }

  /**
   * The agents of one source, for a project at `root`. Whether the project is trusted is for the caller to ask before. Never rejects:
   * what cannot be read is a finding.
   */
  async read(source: LibrarySource, root: string): Promise<SourceAgents> {
    // What reads YAML takes long to load, and most runs have no agents.
    const { readAgentDirectory } = await import("./agent-directory.ts");
    if (source === "package") return await readAgentDirectory(source, this.packageDirectory);
    if (source === "project") return await readAgentDirectory(source, join(root, projectAgentsDirectory), root);
    const [directory, project] = await Promise.all([realPathOf(this.userDirectory), realPathOf(root)]);
    if (isInside(project, directory) || isInside(root, this.userDirectory)) {
      return { definitions: [], findings: [userInProject(this.userDirectory, root)] };
    }
    return await readAgentDirectory(source, this.userDirectory);
  }

  /** The agents of several sources, and all that was found to be wrong, in the order of the sources. */
  async readAll(sources: Iterable<LibrarySource>, root: string): Promise<SourceAgents> {
    const definitions: AgentDefinition[] = [];
    const findings: LibraryFinding[] = [];
    for (const source of new Set(sources)) {
      const agents = await this.read(source, root);
      definitions.push(...agents.definitions);
      findings.push(...agents.findings);
    }
    return { definitions, findings };
  }
}

/** Both the sources and what is built from them lie four directories below the package. */
function packagedAgents(): string {
  return fileURLToPath(new URL("../../../../agents", import.meta.url));
}

function userAgents(environment: NodeJS.ProcessEnv): string {
  const given = environment["XDG_CONFIG_HOME"];
  // By its standard, a relative path there does not count.
  const config = given?.startsWith("/") === true ? given : join(homedir(), ".config");
  return join(config, "runfold", "agents");
}

function userInProject(directory: string, root: string): LibraryFinding {
  return {
    code: "user-agents-dir-project-scoped",
    severity: "error",
    message: `The user's agents in ${directory} lie in the project ${root}, so they are not the user's alone.`,
    source: "user",
    path: directory,
  };
}
