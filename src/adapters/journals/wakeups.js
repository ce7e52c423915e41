/** Followers that have read all there was and wait for more, keyed by run so that an append wakes only those concerned. */
export class Wakeups {
  #waiters = new Map();
  /** Resolves at the next wake of `run`, or when `signal` aborts. The wait has begun when this returns. */
  wait(run, signal) {
    return new Promise((resolve) => {
      if (signal.aborted) {
        resolve();
        return;
      }
      const waiters = this.#waiters.get(run) ?? new Set();
      this.#waiters.set(run, waiters);
      const wake = () => {
        waiters.delete(wake);
        if (waiters.size === 0 && this.#waiters.get(run) === waiters) this.#waiters.delete(run);
        signal.removeEventListener("abort", wake);
        resolve();
      };
      waiters.add(wake);
      signal.addEventListener("abort", wake, { once: true });
    });
  }
  wake(run) {
    if (this.#waiters.size === 0) return;
    for (const wake of this.#waiters.get(run) ?? []) wake();
  }
  wakeAll() {
    for (const run of this.#waiters.keys()) this.wake(run);
  }
}
