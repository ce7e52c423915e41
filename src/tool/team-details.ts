import type { CatalogRow } from "../adapters/executors/agents/agent-catalog.ts";
import type { Cursor, LibrarySource, MessageChannel, MessageStatus, RunStatus, StepId, Usage } from "../index.ts";
import type { Action } from "./input-schema.ts";
import { firstError, type TeamDiagnostic } from "./team-diagnostic.ts";

/** How the status of a step is written for others. */
export type WireStatus = "pending" | "running" | "succeeded" | "failed" | "blocked" | "timed_out" | "canceled";

/** One run as a client sees it. Times are ISO 8601, UTC. */
export interface TeamRun {
  readonly runId: string;
  readonly objective: string;
  readonly status: RunStatus;
  readonly terminal: boolean;
  readonly createdAt: string;
  readonly updatedAt: string;
  /** When it will be cleaned up by itself; known once it has ended. */
  readonly expiresAt?: string;
  readonly liveStepIds: readonly StepId[];
  readonly sinkStepIds: readonly StepId[];
  readonly lastEvent: string;
  readonly canMessage: boolean;
  readonly canCancel: boolean;
  readonly canCleanup: boolean;
  readonly counts: { readonly [Status in WireStatus]: number };
  /** Tokens and cost of all steps, where any told. */
  readonly usage?: Usage;
}

export interface TeamStep {
  readonly id: StepId;
  readonly status: WireStatus;
  readonly agentRef: string;
  readonly model?: string;
  readonly thinking?: string;
  readonly effectiveTools: readonly string[];
  readonly extensionTools: readonly string[];
  readonly callerSkills: readonly string[];
  readonly needs: readonly StepId[];
  readonly after: readonly StepId[];
  readonly startedAt?: string;
  readonly endedAt?: string;
  readonly lastActivity?: string;
  readonly errorMessage?: string;
  readonly outputFilePath?: string;
  readonly outputChars?: number;
  readonly taskPreview: string;
  /** The real path of its working directory. */
  readonly cwd: string;
  readonly stopReason?: string;
  readonly upstreamArtifacts: readonly TeamUpstream[];
  readonly usage?: Usage;
}

export interface TeamUpstream {
  readonly stepId: StepId;
  readonly status: WireStatus | "missing";
  readonly filePath?: string;
  readonly chars?: number;
}

export interface TeamOutput {
  readonly stepId: StepId;
  readonly status: WireStatus;
  /** With `preview` alone, and within its budget. */
  readonly text?: string;
  readonly isTruncated?: boolean;
  readonly filePath?: string;
  /** UTF-16 units of the whole text. */
  readonly chars?: number;
}

export interface TeamEvent {
  readonly seq: number;
  readonly time: string;
  readonly stepId?: StepId;
  readonly type: "run" | "step" | "assistant_delta" | "tool" | "diagnostic" | "parent_message" | "rpc";
  readonly label: string;
  readonly preview?: string;
  readonly status?: string;
}

/** Why a bounded wait came back. */
export interface TeamWait {
  readonly requestedSeconds: number;
  /**
   * `terminal`: the run has ended. `already-material`: what was waited for had happened before. `material-event`: it happened now.
   * `timeout`: nothing did. `aborted`: the call was given up.
   */
  readonly outcome: "terminal" | "already-material" | "material-event" | "timeout" | "aborted";
  readonly stepId?: StepId;
  readonly cursorBefore: Cursor;
  readonly cursorAfter: Cursor;
}

export interface TeamMessage {
  readonly runId: string;
  readonly stepId: StepId;
  readonly channel: MessageChannel;
  readonly clientMessageId?: string;
  /** Whether the agent's program took it, which is not to say that the agent has read it. */
  readonly accepted: boolean;
  readonly undeliveredReason?: string;
  readonly reused: boolean;
  readonly status: MessageStatus;
}

export interface TeamNoticeRecord {
  readonly runId: string;
  readonly mode: string;
  readonly terminal: boolean;
  readonly reasons: readonly string[];
  readonly noticeCount: number;
  readonly noticeLimitReached: boolean;
  /** The same whenever this notice is told again. */
  readonly key: string;
}

/** The structured half of every result. A field that an action does not fill is empty, or left out where it is one record. */
export interface TeamDetails {
  readonly kind: "agent_team";
  readonly action: Action | "missing/invalid";
  readonly ok: boolean;
  readonly diagnostics: readonly TeamDiagnostic[];
  readonly error?: TeamDiagnostic;
  readonly library?: {
    readonly sources: readonly LibrarySource[];
    readonly query?: string;
    readonly projectAgents: string;
  };
  readonly catalog: readonly CatalogRow[];
  readonly extensionTools: readonly { readonly name: string; readonly path: string }[];
  readonly run?: TeamRun;
  readonly cursor?: Cursor;
  readonly events: readonly TeamEvent[];
  readonly hasMoreEvents?: boolean;
  readonly steps: readonly TeamStep[];
  readonly outputs: readonly TeamOutput[];
  readonly wait?: TeamWait;
  readonly message?: TeamMessage;
  readonly cleanup?: { readonly runId: string; readonly deletedPaths: readonly string[] };
  readonly notice?: TeamNoticeRecord;
}

type Given = Partial<Omit<TeamDetails, "kind" | "ok" | "action">> & Pick<TeamDetails, "action">;

/** Fills in what was left out. It is ok where there is no error, given or among the findings; the first of those is the error. */
export function teamDetails({ action, diagnostics = [], ...given }: Given): TeamDetails {
  const found = given.error ?? firstError(diagnostics);
  const nothing = { catalog: [], extensionTools: [], events: [], steps: [], outputs: [] };
  const ok = found === undefined && firstError(diagnostics) === undefined;
  return {
    kind: "agent_team",
    action,
    ok,
    diagnostics: [...diagnostics],
    ...(found && { error: found }),
    ...nothing,
    ...given,
  };
}
