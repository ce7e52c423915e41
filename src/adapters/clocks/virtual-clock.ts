import type { EpochMs } from "../../domain/ids.ts";
import type { Clock, Timer } from "../../ports/clock.ts";
import { TimerHeap } from "./timer-heap.ts";

export interface VirtualClockOptions {
  /** What the clock shows first. Default: 0. */
  readonly startMs?: EpochMs;
}

/**
 * A clock that stands still until a test moves it.
 *
 * Timers fire only within an advance, never from within `setTimer`: in order of time, those of one time in the order in which
 * they were armed. A timer that is armed by what another one set off fires in the same advance if it is due by then; one whose
 * time has passed already is due at once. While a timer fires, the clock shows the timer's own time, or a later one if it was
 * armed late.
 *
 * Between any two timers, and before the first and after the last, an advance lets everything that is under way settle: all
 * microtasks and one turn of the event loop. So a test that awaits it sees what followed. Advances take effect one after
 * another, in call order.
 */
export interface VirtualClock extends Clock {
  /** When the next timer is due; undefined where none is armed. */
  readonly nextAt: EpochMs | undefined;
  /** How many timers are armed. */
  readonly armed: number;
  /**
   * Moves the clock to a time, firing what comes due.
   * @throws `RangeError` for a time before now; what a timer's callback threw, after which the clock stands at that timer.
   */
  advanceTo(at: EpochMs): Promise<void>;
  /** Moves the clock by a time; by 0 fires what is due and lets what is under way settle. */
  advanceBy(ms: number): Promise<void>;
}

export function virtualClock({ startMs = 0 }: VirtualClockOptions = {}): VirtualClock {
  return new HeapClock(startMs);
}

class HeapClock implements VirtualClock {
  readonly #timers = new TimerHeap();
  #now: EpochMs;
  #advance: Promise<void> = Promise.resolve();

  constructor(startMs: EpochMs) {
    this.#now = startMs;
  }

  get nextAt(): EpochMs | undefined {
    return this.#timers.first()?.at;
  }

  get armed(): number {
    return this.#timers.size;
  }

  now(): EpochMs {
    return this.#now;
  }

  setTimer(at: EpochMs, fire: () => void): Timer {
    return this.#timers.add(at, fire);
  }

  advanceTo(at: EpochMs): Promise<void> {
    return this.#after(() => at);
  }

  advanceBy(ms: number): Promise<void> {
    return this.#after(() => this.#now + ms);
  }

  #after(target: () => EpochMs): Promise<void> {
    const advance = this.#advance.then(() => this.#run(target()));
    // An advance that failed has told its own caller; the next one starts from where the clock stands.
    this.#advance = advance.catch(() => undefined);
    return advance;
  }

  async #run(to: EpochMs): Promise<void> {
    if (!(to >= this.#now)) throw new RangeError(`The clock stands at ${this.#now} and cannot go to ${to}.`);
    await settle();
    for (let timer = this.#timers.first(); timer !== undefined && timer.at <= to; timer = this.#timers.first()) {
      this.#timers.removeFirst();
      this.#now = Math.max(this.#now, timer.at);
      timer.fire();
      await settle();
    }
    this.#now = to;
  }
}

/** Immediates run when no microtask is left, and after what the operating system has answered. */
function settle(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
