import { agentCatalog } from "../adapters/executors/agents/agent-catalog.ts";
import { AgentLibrary } from "../adapters/executors/agents/agent-definitions.ts";
import type { LibrarySource } from "../index.ts";
import { type TeamDetails, teamDetails } from "./team-details.ts";
import { error, type TeamDiagnostic } from "./team-diagnostic.ts";
import type { ToolCall, ToolParts } from "./tool-host.ts";

export interface CatalogInput {
  readonly library?: {
    readonly sources?: readonly LibrarySource[];
    readonly query?: string;
    readonly projectAgents?: "deny" | "confirm" | "allow";
  };
}

/** Lists the agents that graphs may name, and the tools of extensions that the host offers. */
export async function listCatalog(
  { host, root }: ToolParts,
  { input, signal }: ToolCall<CatalogInput>,
): Promise<TeamDetails> {
  const { sources = ["package"], query, projectAgents = "deny" } = input.library ?? {};
  const asked = { sources: [...new Set(sources)], ...(query === undefined ? {} : { query }), projectAgents };
  const wantsProject = sources.includes("project");
  if (wantsProject && projectAgents === "confirm" && host.confirmProjectAgents === undefined) {
    const message = "Nobody can be asked here whether agents of the project may be listed.";
    const repair = 'Set library.projectAgents to "allow" if the project is trusted, or to "deny".';
    const problem = error("project-agents-confirm-unprepared", message, { path: "/library/projectAgents", repair });
    return teamDetails({ action: "catalog", library: asked, error: problem });
  }
  const isAllowed =
    projectAgents === "allow" ||
    (wantsProject && projectAgents === "confirm" && (await host.confirmProjectAgents!(signal)));
  const { library, extensionTools = {} } = host.agents ?? {};
  const { agents, findings } = await agentCatalog(new AgentLibrary(library), root, {
    sources: asked.sources,
    allowProject: isAllowed,
    ...(query === undefined ? {} : { query }),
  });
  const diagnostics = findings.map(({ code, severity, message, path }): TeamDiagnostic => ({
    code,
    severity,
    message: `${path}: ${message}`,
    path: "/library",
  }));
  const tools = Object.entries(extensionTools).map(([name, path]) => ({ name, path }));
  return teamDetails({ action: "catalog", library: asked, catalog: agents, extensionTools: tools, diagnostics });
}
