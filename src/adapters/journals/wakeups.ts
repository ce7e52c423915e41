import type { RunId } from "../../domain/ids.ts";
import { onAbort } from "../../ports/on-abort.ts";

/** Followers that have read all there was and wait for more, keyed by run so that an append wakes only those concerned. */
export class Wakeups {
  readonly #waiters = new Map<RunId, Set<() => void>>();

  /** Resolves at the next wake of `run`, or when `signal` aborts. The wait has begun when this returns. */
  wait(run: RunId, signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      if (signal.aborted) {
        resolve();
        return;
      }
      const waiters = this.#waiters.get(run) ?? new Set();
      this.#waiters.set(run, waiters);
      const wake = (): void => {
        waiters.delete(wake);
        if (waiters.size === 0 && this.#waiters.get(run) === waiters) this.#waiters.delete(run);
        stopListening();
        resolve();
      };
      waiters.add(wake);
      const stopListening = onAbort(signal, wake);
    });
  }

  wake(run: RunId): void {
    if (this.#waiters.size === 0) return;
    for (const wake of this.#waiters.get(run) ?? []) wake();
  }

  wakeAll(): void {
    for (const run of this.#waiters.keys()) this.wake(run);
  }
}
