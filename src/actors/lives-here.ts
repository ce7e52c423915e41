import type { RunLife } from "../domain/ids.ts";

/**
 * The runs that any runtime of this process writes. A journal only says which process writes a run; whether a runtime of that very
 * process still does, the process knows itself.
 */
const lives = new Map<RunLife, number>();

export function isWrittenHere(life: RunLife): boolean {
  return lives.has(life);
}

/** Returns how to take it back, which may be called once. */
export function writesHere(life: RunLife): () => void {
  lives.set(life, (lives.get(life) ?? 0) + 1);
  return () => {
    const left = (lives.get(life) ?? 0) - 1;
    if (left > 0) lives.set(life, left);
    else lives.delete(life);
  };
}
