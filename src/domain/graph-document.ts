import type { AgentDocument, GraphAuthority, GraphLibrary } from "./agent.ts";
import type { StepId } from "./ids.ts";
import type { NoticeMode } from "./notice.ts";

/**
 * A graph as JSON: what a file holds, what `Graph.document` shows and what the journal keeps. One shape for all three, so a
 * recorded run can be started again from its own journal. Times are in seconds, fractions allowed.
 */
export interface GraphDocument {
  readonly name: string;
  readonly objective: string;
  readonly steps: readonly StepDocument[];
  readonly limits?: GraphLimits;
  readonly notify?: GraphNotify;
  readonly authority?: GraphAuthority;
  readonly library?: GraphLibrary;
}

export interface StepDocument {
  readonly id: StepId;
  /** Exactly one of `command`, `shell`, `task` and `agent` says what to run. */
  readonly command?: readonly string[];
  readonly shell?: string;
  readonly task?: string;
  readonly agent?: AgentDocument;
  /** How to read what a command that runs an agent writes; see `adapters/executors/headless`. */
  readonly parser?: string;
  /** Steps that must have succeeded. */
  readonly needs?: readonly StepId[];
  /** Steps that must have ended, however. */
  readonly after?: readonly StepId[];
  readonly cwd?: string;
  readonly env?: { readonly [name: string]: string };
  /** For one attempt. */
  readonly timeoutSeconds?: number;
  readonly retry?: RetryDocument;
  readonly onInterrupted?: "retry" | "fail";
}

export interface RetryDocument {
  /** All attempts, the first included. */
  readonly attempts: number;
  /** Before the second attempt; doubled before each further one. */
  readonly backoffSeconds?: number;
}

export interface GraphLimits {
  readonly concurrency?: number;
  readonly stepTimeoutSeconds?: number;
  readonly maxRunSeconds?: number;
  readonly retentionSeconds?: number;
}

export interface GraphNotify {
  readonly mode?: NoticeMode;
  readonly maxNotices?: number;
  readonly minIntervalSeconds?: number;
}

export type WorkKind = "command" | "shell" | "task" | "agent";

export function workKindOf(step: StepDocument): WorkKind {
  if (step.command !== undefined) return "command";
  if (step.shell !== undefined) return "shell";
  if (step.task !== undefined) return "task";
  return "agent";
}
