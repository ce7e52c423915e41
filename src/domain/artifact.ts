/** Bytes that a run keeps outside the journal. The journal knows them by this reference alone. */
export interface ArtifactRef {
  /** Unique within the run: a plain file name. */
  readonly name: string;
  readonly bytes: number;
  /** SHA-256 of the bytes, lower-case hexadecimal. */
  readonly sha256: string;
}
