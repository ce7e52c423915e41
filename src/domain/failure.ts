import type { StepStatus } from "./status.ts";
import type { StepId } from "./ids.ts";

/**
 * Why an attempt did not succeed: data for the journal, never thrown.
 *
 * - `exit`: a command ended with a code other than 0 (`exitCode`)
 * - `signal`: a command was ended by a signal that Runfold did not send (`signal`)
 * - `thrown`: a task threw or rejected
 * - `launch`: the work could not be started at all; never retried
 * - `output`: the work ended well, but its output cannot be kept
 * - `timedOut`: the attempt passed its deadline
 * - `aborted`: the work ended because it was told to
 * - `interrupted`: the process that ran the attempt was lost, and the attempt may not be made again
 * - `agent`: an agent ended without success, or its program broke off (`code`)
 * - `truncated`: an agent's answer was cut off at its model's limit
 * - `executor`: the executor itself broke its contract
 */
export type FailureKind =
  | "exit"
  | "signal"
  | "thrown"
  | "launch"
  | "output"
  | "timedOut"
  | "aborted"
  | "interrupted"
  | "agent"
  | "truncated"
  | "executor";

export interface Failure {
  readonly kind: FailureKind;
  /** One or more lines for people, at most `limits.failureMessageCharsMax` characters. */
  readonly message: string;
  readonly exitCode?: number;
  readonly signal?: string;
  /** What exactly, in a word that does not change, such as `assistant-final-empty`; see `docs/agents.md`. */
  readonly code?: string;
  /** Set where the failure would only repeat itself; a retry policy does not apply then. */
  readonly final?: true;
}

/** A dependency that keeps a step from ever starting. */
export interface Blocker {
  readonly step: StepId;
  readonly status: StepStatus;
}
