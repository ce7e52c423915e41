/** How often other processes' changes are looked for: well below what a person notices, and about 10 µs each. */
const pollIntervalMs = 50;
/**
 * Notices what other connections commit, while somebody wants to know.
 *
 * `PRAGMA data_version` changes exactly when another connection has committed; this one's own commits do not count.
 */
export class ChangePoll {
  #readVersion;
  #changed;
  #timer;
  #users = 0;
  #awaiting = 0;
  #version = 0;
  constructor(readVersion, changed) {
    this.#readVersion = readVersion;
    this.#changed = changed;
  }
  /** Polls from now on; what is committed after this call is noticed. Returns how to stop, which may be called once. */
  use() {
    if (this.#users++ === 0) {
      this.#version = this.#readVersion();
      this.#timer = setInterval(() => this.#poll(), pollIntervalMs).unref();
    }
    return () => {
      if (--this.#users === 0) this.stop();
    };
  }
  /** Keeps the process alive until `change` settles: somebody awaits what only the poll may notice. */
  async await(change) {
    this.#awaiting++;
    this.#timer?.ref();
    try {
      await change;
    } finally {
      if (--this.#awaiting === 0) this.#timer?.unref();
    }
  }
  stop() {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }
  #poll() {
    const version = this.#currentVersion();
    if (version === this.#version) return;
    this.#version = version;
    this.#changed();
  }
  /** An error counts as one change: whoever reads next learns of it, and is not told again and again. */
  #currentVersion() {
    try {
      return this.#readVersion();
    } catch {
      return -1;
    }
  }
}
