import type { EpochMs } from "../domain/ids.ts";

/** The only source of time. */
export interface Clock {
  now(): EpochMs;
  /**
   * Resolves after the event loop has had a turn for everything else. A clock that only moves when it is told to has no need
   * of it.
   */
  turn?(): Promise<void>;
  /**
   * Calls back once when `at` has come; at once (but never synchronously) when it has passed. Completions that had already
   * arrived from the operating system are handled before the callback, so a late timer does not beat work that was in time.
   *
   * A timer keeps the process alive until it has fired or was cancelled; one with `isBackground` does not.
   */
  setTimer(at: EpochMs, fire: () => void, options?: { readonly isBackground?: boolean }): Timer;
}

export interface Timer {
  /** After this the callback does not come. Calling it again, or after the callback, is no error. */
  cancel(): void;
}
