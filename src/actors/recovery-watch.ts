import { limits } from "../domain/limits.ts";
import type { Clock, Timer } from "../ports/clock.ts";

/**
 * Looks for abandoned runs again, as long as some were let be only for now: because their owner had given a sign of life not long
 * ago, or because this runtime was full. A process is not kept alive for it.
 */
export class RecoveryWatch {
  readonly #clock: Clock;
  readonly #look: () => Promise<unknown>;
  #timer: Timer | undefined;
  #isClosed = false;

  /** `look` calls {@link again} if it has to be called once more. */
  constructor(clock: Clock, look: () => Promise<unknown>) {
    this.#clock = clock;
    this.#look = look;
  }

  again(): void {
    if (this.#isClosed || this.#timer !== undefined) return;
    const at = this.#clock.now() + limits.leaseMs;
    this.#timer = this.#clock.setTimer(at, () => this.#fire(), { isBackground: true });
  }

  close(): void {
    this.#isClosed = true;
    this.#timer?.cancel();
  }

  #fire(): void {
    this.#timer = undefined;
    // What it could not do it has told, and tries again.
    this.#look().catch(() => this.again());
  }
}
