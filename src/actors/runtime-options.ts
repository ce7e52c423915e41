import type { RunId } from "../domain/ids.ts";

export interface StartOptions {
  /** Letters, digits, `-` and `_`, at most 64. The same id again is the same run. Default: a new unique id. */
  readonly id?: RunId;
}

export interface CloseOptions {
  /**
   * What becomes of runs that have not ended. Default: `cancel`. With `leave` a process that lives on still counts as their owner for
   * other processes until it ends: those need `force` to take them over. A runtime of the same process takes them over by itself.
   */
  readonly unfinished?: "cancel" | "leave";
}

export interface ResumeOptions {
  /** Takes the run also from a process that lives, or may live. Default: false. */
  readonly force?: boolean;
}
