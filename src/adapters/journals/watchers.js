/** Callbacks of `Journal.watch`: told in microtasks of their own, so that one that throws hurts neither the others nor the journal. */
export class Watchers {
  #watchers = new Set();
  get count() {
    return this.#watchers.size;
  }
  /** Returns how to stop; a call that is already on its way then does not come. */
  add(changed) {
    const watcher = { changed, told: false };
    this.#watchers.add(watcher);
    return () => void this.#watchers.delete(watcher);
  }
  /** Several changes before the callback runs are told once. */
  tell() {
    for (const watcher of this.#watchers) {
      if (watcher.told) continue;
      watcher.told = true;
      queueMicrotask(() => {
        watcher.told = false;
        if (this.#watchers.has(watcher)) watcher.changed();
      });
    }
  }
  clear() {
    this.#watchers.clear();
  }
}
