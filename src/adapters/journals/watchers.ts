/** Callbacks of `Journal.watch`: told in microtasks of their own, so that one that throws hurts neither the others nor the journal. */
export class Watchers {
  readonly #watchers = new Set<{ readonly changed: () => void; told: boolean }>();

  get count(): number {
    return this.#watchers.size;
  }

  /** Returns how to stop; a call that is already on its way then does not come. */
  add(changed: () => void): () => void {
    const watcher = { changed, told: false };
    this.#watchers.add(watcher);
    return () => void this.#watchers.delete(watcher);
  }

  /** Several changes before the callback runs are told once. */
  tell(): void {
    for (const watcher of this.#watchers) {
      if (watcher.told) continue;
      watcher.told = true;
      queueMicrotask(() => {
        watcher.told = false;
        if (this.#watchers.has(watcher)) watcher.changed();
      });
    }
  }

  clear(): void {
    this.#watchers.clear();
  }
}
