import type { RunLife } from "../domain/ids.ts";

/**
 * What a process knows of itself, whichever of its runtimes asks: which runs they write, and in which journals they give signs of
 * life. A journal only says which process writes a run; whether a runtime of that very process still does, only the process knows.
 */
export class ProcessRecord {
  readonly #lives = new Map<RunLife, number>();
  readonly #leases = new Map<string, number>();

  isWriting(life: RunLife): boolean {
    return this.#lives.has(life);
  }

  /** Returns how to take it back, which may be called once. */
  writes(life: RunLife): () => void {
    countOn(this.#lives, life);
    return () => void countBack(this.#lives, life);
  }

  /** One runtime more gives signs of life under this name. */
  holds(lease: string): void {
    countOn(this.#leases, lease);
  }

  /** One less. Whether that was the last. */
  leaves(lease: string): boolean {
    return countBack(this.#leases, lease) === 0;
  }
}

function countOn(counts: Map<string, number>, key: string): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}

function countBack(counts: Map<string, number>, key: string): number {
  const left = Math.max(0, (counts.get(key) ?? 0) - 1);
  if (left === 0) counts.delete(key);
  else counts.set(key, left);
  return left;
}
