/** The entry point `runfold/agents`: who agents can be, and how to make an agent program of one's own known. */
export { agentCatalog } from "./adapters/executors/agents/agent-catalog.ts";
export type { Catalog, CatalogQuery, CatalogRow } from "./adapters/executors/agents/agent-catalog.ts";
export { AgentLibrary } from "./adapters/executors/agents/agent-definitions.ts";
export type { AgentLibraryOptions } from "./adapters/executors/agents/agent-definitions.ts";
export type { LibraryFinding } from "./adapters/executors/agents/agent-directory.ts";
export { LaunchDenied } from "./adapters/executors/agents/agent-program.ts";
export type {
  AgentEnding,
  AgentLaunch,
  AgentOrder,
  AgentProfile,
  AgentProgram,
  ExtensionTool,
  SkillSource,
} from "./adapters/executors/agents/agent-program.ts";
export type { SkillOffer } from "./adapters/executors/agents/extension-inventory.ts";
export type { AcpOptions } from "./adapters/executors/acp/acp-program.ts";
export type { AcpPermissionPolicy } from "./adapters/executors/acp/permission-policy.ts";
export type { PiOptions } from "./adapters/executors/pi/pi-program.ts";
export type { PiDialog, PiDialogPolicy } from "./adapters/executors/pi/pi-dialogs.ts";
export type { RecordChild, RecordsEnd } from "./adapters/executors/processes/agent-child.ts";
