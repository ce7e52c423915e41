import type { RunId, RunLife } from "./ids.ts";

/**
 * The name under which an artifact store keeps one run: readable, and never that of a later run with the same id. It has the
 * form of a run id.
 */
export function artifactPlace(run: RunId, life: RunLife): string {
  return `${run.slice(0, 31)}-${life.slice(0, 32)}`;
}

/** Bytes that a run keeps outside the journal. The journal knows them by this reference alone. */
export interface ArtifactRef {
  /** Unique within the run: a plain file name. */
  readonly name: string;
  readonly bytes: number;
  /** SHA-256 of the bytes, lower-case hexadecimal. */
  readonly sha256: string;
}
