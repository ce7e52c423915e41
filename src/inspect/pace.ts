import { RunfoldError } from "../domain/errors.ts";
import type { EpochMs } from "../domain/ids.ts";
import { quotedValue } from "../domain/quoted-text.ts";
import type { Clock } from "../ports/clock.ts";
import { onAbort } from "../ports/on-abort.ts";

/** How many times as fast as it happened something is shown: a number above 0. */
export type Speed = number;

/** Keeps what is shown as far apart in time as it was when it happened, so many times faster. Without a speed there is no waiting. */
export class Pace {
  readonly #clock: Clock;
  readonly #speed: Speed | undefined;
  readonly #signal: AbortSignal;
  #first: { readonly at: EpochMs; readonly shownAt: EpochMs } | undefined;

  /** @throws `inspect.invalid` */
  constructor(clock: Clock, speed: Speed | undefined, signal: AbortSignal) {
    checkSpeed(speed);
    this.#clock = clock;
    this.#speed = speed;
    this.#signal = signal;
  }

  /** What to wait for before showing what happened at a time; undefined where its time has come. */
  until(at: EpochMs): Promise<void> | undefined {
    if (this.#speed === undefined) return undefined;
    const now = this.#clock.now();
    this.#first ??= { at, shownAt: now };
    const due = this.#first.shownAt + (at - this.#first.at) / this.#speed;
    return due <= now || this.#signal.aborted ? undefined : this.#wait(due);
  }

  #wait(due: EpochMs): Promise<void> {
    return new Promise((resolve) => {
      const finish = (): void => {
        timer.cancel();
        ignore();
        resolve();
      };
      const timer = this.#clock.setTimer(due, finish);
      const ignore = onAbort(this.#signal, finish);
    });
  }
}

/** @throws `inspect.invalid` */
export function checkSpeed(speed: Speed | undefined): void {
  if (speed === undefined || (Number.isFinite(speed) && speed > 0)) return;
  throw new RunfoldError("inspect.invalid", `A speed is a number above 0, not ${quotedValue(speed)}.`);
}
