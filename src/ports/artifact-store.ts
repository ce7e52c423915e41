import type { ArtifactRef } from "../domain/artifact.ts";
import type { RunId } from "../domain/ids.ts";

/**
 * Where a run keeps bytes that are too large for its journal. What is written is never changed again.
 *
 * An adapter earns its name in `test/conformance/artifact-store`. Names are plain file names: letters, digits, `.`, `_` and
 * `-`, not beginning with a dot, at most 200 characters; any other is refused with `artifact.nameInvalid`.
 * I/O errors reject with `artifact.failed` and the error underneath as `cause`.
 */
export interface ArtifactStore {
  /**
   * Begins a new artifact. It can be read once its writer has committed, and leaves nothing behind when it is discarded.
   * @throws `artifact.exists` when the name is taken in this run.
   */
  create(run: RunId, name: string): Promise<ArtifactWriter>;

  /**
   * The bytes, in order. The size and hash are compared with the reference as they are read.
   * @throws `artifact.unknown`; `artifact.tampered`, at the latest after the last byte.
   */
  read(run: RunId, artifact: ArtifactRef): AsyncIterable<Uint8Array>;

  /**
   * A local file that holds exactly the artifact's bytes, for programs that want a path; undefined where the adapter keeps no
   * files. The caller must not write to it.
   * @throws as {@link ArtifactStore.read}.
   */
  path(run: RunId, artifact: ArtifactRef): Promise<string | undefined>;

  /** What was committed for a run, in order of commit. */
  list(run: RunId): Promise<readonly ArtifactRef[]>;

  /**
   * Deletes what was committed for a run. Foreign files in the same place are left and named. A run without artifacts, or
   * whose place has vanished, is no error.
   */
  delete(run: RunId): Promise<DeletedArtifacts>;
}

export interface ArtifactWriter {
  /** Appends bytes; resolves when more may be written. */
  write(bytes: Uint8Array): Promise<void>;
  /** Ends the artifact; from now on it can be read. */
  commit(): Promise<ArtifactRef>;
  /** Gives the artifact up; its name is free again. After a commit it does nothing. */
  discard(): Promise<void>;
}

export interface DeletedArtifacts {
  readonly deleted: readonly string[];
  /** Names of files that were found there but had not been recorded. */
  readonly left: readonly string[];
}
