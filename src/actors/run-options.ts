import type { Cursor } from "../domain/cursor.ts";
import type { StepId } from "../domain/ids.ts";
import type { Step } from "../domain/step.ts";

export interface WaitOptions {
  /** Wait for what comes after this cursor. Default: where the last wait of this handle ended, at first where the handle began. */
  readonly after?: Cursor;
  /** Wait for this step alone. */
  readonly step?: Step | StepId;
  /** `material` (default) wakes at the events that matter; `end` only at the end of the run, or of `step`. */
  readonly until?: "material" | "end";
  /** At least 0, which only looks, and at most a day. Default: as long as it takes. */
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
}

export interface ReadOptions {
  /** Default: from the beginning. */
  readonly after?: Cursor;
  /** Ends the reading, without an error. */
  readonly signal?: AbortSignal;
}
