import type { EpochMs } from "../../domain/ids.ts";
import type { Clock, Timer } from "../../ports/clock.ts";

/** What `setTimeout` can wait for at most; it fires at once for anything longer. */
const timeoutMsMax = 2 ** 31 - 1;

/** The machine's wall clock. */
export function systemClock(): Clock {
  return {
    now: Date.now,
    turn: () => new Promise((resolve) => setImmediate(resolve)),
    setTimer: (at, fire, options) => new SystemTimer(at, fire, options?.isBackground === true),
  };
}

/**
 * Waits in as many legs as it takes: for times beyond what one timeout can hold, and where the timeout came before the wall
 * clock says so (timeouts run on another clock, which rounds, and which does not follow corrections of the wall clock).
 */
class SystemTimer implements Timer {
  private readonly at: EpochMs;
  private readonly fire: () => void;
  private readonly isBackground: boolean;
  private timeout: NodeJS.Timeout | undefined;
  private immediate: NodeJS.Immediate | undefined;

  constructor(at: EpochMs, fire: () => void, isBackground: boolean) {
    this.at = at;
    this.fire = fire;
    this.isBackground = isBackground;
    this.wait();
  }

  cancel(): void {
    clearTimeout(this.timeout);
    clearImmediate(this.immediate);
  }

  private wait(): void {
    const leftMs = this.at - Date.now();
    if (leftMs > 0) {
      this.timeout = setTimeout(() => this.wait(), Math.min(Math.ceil(leftMs), timeoutMsMax));
      if (this.isBackground) this.timeout.unref();
    } else {
      // Immediates run after the poll for I/O, so whatever had arrived by now is handled first.
      this.immediate = setImmediate(this.fire);
    }
  }
}
