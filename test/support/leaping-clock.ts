import { systemClock } from "../../src/adapters/clocks/system-clock.ts";
import type { EpochMs } from "../../src/domain/ids.ts";
import type { Clock, Timer } from "../../src/ports/clock.ts";

type TimerOptions = Parameters<Clock["setTimer"]>[2];

interface Waiting {
  readonly at: EpochMs;
  readonly fire: () => void;
  readonly options: TimerOptions;
  timer: Timer;
}

/** The system's clock, which a test may set ahead: what becomes due by that comes at once, and real processes keep their own pace. */
export class LeapingClock implements Clock {
  readonly #system = systemClock();
  readonly #waiting = new Set<Waiting>();
  #aheadMs = 0;

  now(): EpochMs {
    return this.#system.now() + this.#aheadMs;
  }

  setTimer(at: EpochMs, fire: () => void, options?: TimerOptions): Timer {
    const waiting: Waiting = { at, fire, options, timer: this.#arm(at, () => this.#fire(waiting), options) };
    this.#waiting.add(waiting);
    return {
      cancel: () => {
        this.#waiting.delete(waiting);
        waiting.timer.cancel();
      },
    };
  }

  async turn(): Promise<void> {
    await this.#system.turn?.();
  }

  leap(ms: number): void {
    this.#aheadMs += ms;
    for (const waiting of this.#waiting) {
      waiting.timer.cancel();
      waiting.timer = this.#arm(waiting.at, () => this.#fire(waiting), waiting.options);
    }
  }

  #arm(at: EpochMs, fire: () => void, options: TimerOptions): Timer {
    return this.#system.setTimer(at - this.#aheadMs, fire, options);
  }

  #fire(waiting: Waiting): void {
    this.#waiting.delete(waiting);
    waiting.fire();
  }
}
