import type { EpochMs } from "../domain/ids.ts";
import { limits } from "../domain/limits.ts";
import type { Clock } from "../ports/clock.ts";

/**
 * Lets the event loop have its turn while much is done in small pieces. Work that only awaits what is already settled lives in
 * microtasks, and would keep every timer, signal and answer of the process waiting until it is done.
 */
export class Breather {
  readonly #clock: Clock;
  #since: EpochMs;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#since = clock.now();
  }

  /** What to wait for before going on, if it has been long enough. */
  pause(): Promise<void> | undefined {
    const now = this.#clock.now();
    if (now >= this.#since && now - this.#since < limits.breathMs) return undefined;
    this.#since = now;
    return this.#clock.turn?.();
  }
}
