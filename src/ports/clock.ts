import type { EpochMs } from "../domain/ids.ts";

/** The only source of time. */
export interface Clock {
  now(): EpochMs;
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
