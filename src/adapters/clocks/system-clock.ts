import type { EpochMs } from "../../domain/ids.ts";
import type { Clock, Timer } from "../../ports/clock.ts";

/**
 * How long a timer waits before it looks at the clock again: whoever sets the clock forward, or wakes the machine from sleep, sends no
 * word of it. Also below what `setTimeout` can wait for at most.
 */
const legMsMax = 10_000;

/**
 * The machine's wall clock, except that it never goes back. A wall clock that is set forward is followed at once: deadlines are
 * times of day. When it is set back, time goes on here from where it was, at its own pace, until the wall clock has caught up: nobody
 * waits once more for what has been.
 */
export function systemClock(): Clock {
  const time = new ForwardTime();
  return {
    now: () => time.now(),
    turn: () => new Promise((resolve) => setImmediate(resolve)),
    setTimer: (at, fire, options) => new SystemTimer(time, at, fire, options?.isBackground === true),
  };
}

class ForwardTime {
  /** The wall clock when it was last in front, and how long this process had run by then. */
  private wallMs = Date.now();
  private steadyMs = performance.now();

  now(): EpochMs {
    const wallMs = Date.now();
    const steadyMs = performance.now();
    const goneOnMs = Math.floor(this.wallMs + steadyMs - this.steadyMs);
    if (wallMs < goneOnMs) return goneOnMs;
    this.wallMs = wallMs;
    this.steadyMs = steadyMs;
    return wallMs;
  }
}

/** Waits in as many legs as it takes, also where the timeout came a little before the clock says so. */
class SystemTimer implements Timer {
  private readonly time: ForwardTime;
  private readonly at: EpochMs;
  private readonly fire: () => void;
  private readonly isBackground: boolean;
  private timeout: NodeJS.Timeout | undefined;
  private immediate: NodeJS.Immediate | undefined;

  constructor(time: ForwardTime, at: EpochMs, fire: () => void, isBackground: boolean) {
    this.time = time;
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
    const leftMs = this.at - this.time.now();
    if (leftMs > 0) {
      this.timeout = setTimeout(() => this.wait(), Math.min(Math.ceil(leftMs), legMsMax));
      if (this.isBackground) this.timeout.unref();
    } else {
      // Immediates run after the poll for I/O, so whatever had arrived by now is handled first.
      this.immediate = setImmediate(this.fire);
    }
  }
}
