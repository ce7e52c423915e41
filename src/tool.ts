/** The entry point `runfold/tool`: runs offered to a model as one tool. */
export { createTeamTool, teamToolDefinition } from "./tool/create-team-tool.ts";
export type { TeamCallOptions, TeamResult, TeamTool, TeamToolDefinition } from "./tool/create-team-tool.ts";
export type { AgentDefaults, TeamNotice, TeamToolHost, TeamUpdate } from "./tool/tool-host.ts";
export type { InputSchema } from "./tool/input-schema.ts";
export type { TeamDiagnostic } from "./tool/team-diagnostic.ts";
export type {
  TeamDetails,
  TeamEvent,
  TeamMessage,
  TeamNoticeRecord,
  TeamOutput,
  TeamRun,
  TeamStep,
  TeamUpstream,
  TeamWait,
  WireStatus,
} from "./tool/team-details.ts";
