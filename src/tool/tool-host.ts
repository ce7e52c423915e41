import type { AgentOptions, Runtime } from "../index.ts";
import type { TeamDetails } from "./team-details.ts";
import type { InputSchema } from "./input-schema.ts";
import type { RunRecord } from "./run-record.ts";
import type { Session, TeamRuns } from "./team-runs.ts";

/** What agents run with that say nothing else. */
export interface AgentDefaults {
  readonly model?: string | undefined;
  readonly thinking?: string | undefined;
}

/** What the program that offers the tool says about it. */
export interface TeamToolHost {
  /** The `root` that the runtime was opened with: `graphFile` lies below it, and its project agents are listed. Default: the process's directory. */
  readonly root?: string;
  /** Which program runs agents. Default: `pi`. */
  readonly agentKind?: string;
  /** What agents run with that say nothing else, be they written in a graph or defined in a file. Asked at each start. */
  readonly defaults?: () => AgentDefaults;
  /** The `agents` that the runtime was opened with: what of them can be chosen is listed in the catalog. */
  readonly agents?: AgentOptions;
  /** Asks a person whether agents of the project may be listed. Without it, `confirm` is refused. */
  readonly confirmProjectAgents?: (signal: AbortSignal | undefined) => Promise<boolean>;
  /** Steps of one graph. Default: `limits.toolStepsMax`. */
  readonly stepsMax?: number;
  /** Runs of all sessions that have not ended, and that are there at all. Default: `limits.toolLiveRunsMax`, `.toolRetainedRunsMax`. */
  readonly liveRunsMax?: number;
  readonly retainedRunsMax?: number;
  /**
   * Is told of what runs of a session that is not closed find worth a notice. To throw, to reject or to return a text is to fail: the
   * session is told so with its next result, and the run is none the worse for it.
   */
  readonly notify?: (notice: TeamNotice) => unknown;
}

/** A notice for a session, ready to be put before it. */
export interface TeamNotice {
  readonly session: Session;
  readonly text: string;
  readonly details: TeamDetails;
}

/** How a run stands while a call waits: for those who watch, not for the model. */
export interface TeamUpdate {
  readonly text: string;
  readonly details: TeamDetails;
}

/** What all actions work with. */
export interface ToolParts {
  readonly runtime: Runtime;
  readonly host: TeamToolHost;
  readonly root: string;
  readonly runs: TeamRuns;
  readonly schema: InputSchema;
  readonly graphSchema: InputSchema;
  readonly recordOf: (runId: string, life: string) => RunRecord;
  /** Whether a session has called since it was last shut down. */
  readonly isOpen: (session: Session) => boolean;
  readonly forget: (runId: string, life: string) => void;
}

/** One call, whose input has passed every check of its shape. */
export interface ToolCall<Input> {
  readonly session: Session;
  readonly input: Input;
  readonly signal: AbortSignal | undefined;
  readonly onUpdate: ((update: TeamUpdate) => unknown) | undefined;
}
