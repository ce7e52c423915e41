import type { EpochMs } from "../../../domain/ids.ts";
import type { Clock } from "../../../ports/clock.ts";

/** A pause that ends early when something happens. For one waiter at a time. */
export class Waker {
  private readonly clock: Clock;
  private end: () => void = () => undefined;

  constructor(clock: Clock) {
    this.clock = clock;
  }

  /** Resolves at the next {@link Waker.wake}, and at the given time if there is one. */
  async sleep(until?: EpochMs): Promise<void> {
    await new Promise<void>((resolve) => {
      const timer = until === undefined ? undefined : this.clock.setTimer(until, () => this.end());
      this.end = () => {
        timer?.cancel();
        resolve();
      };
    });
    this.end = () => undefined;
  }

  wake(): void {
    this.end();
  }
}
