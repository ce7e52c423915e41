import type { ArtifactRef } from "../../domain/artifact.ts";
import type { RunId } from "../../domain/ids.ts";
import type { ArtifactStore } from "../../ports/artifact-store.ts";
import { checkArtifactName, checkRunId, failed, tampered, taken, unknown } from "./artifact-errors.ts";
import { verifyBytes } from "./verify-bytes.ts";
import { managedWriter } from "./writer-lifecycle.ts";

interface StoredArtifact {
  readonly artifact: ArtifactRef;
  readonly chunks: readonly Uint8Array[];
}

interface StoredRun {
  readonly committed: Map<string, StoredArtifact>;
  readonly begun: Set<string>;
}

/** Keeps artifacts in this process's memory, for tests and for runs that need not outlive it. It has no files to hand out. */
export function memoryArtifacts(): ArtifactStore {
  const runs = new Map<RunId, StoredRun>();

  function find(run: RunId, artifact: ArtifactRef): StoredArtifact {
    checkRunId(run);
    checkArtifactName(artifact.name);
    const stored = runs.get(run)?.committed.get(artifact.name);
    if (stored === undefined) throw unknown(run, artifact.name);
    return stored;
  }

  return {
    async create(run, name) {
      checkRunId(run);
      checkArtifactName(name);
      const place = runs.get(run) ?? { committed: new Map(), begun: new Set() };
      runs.set(run, place);
      if (place.committed.has(name) || place.begun.has(name)) throw taken(run, name);
      place.begun.add(name);
      const chunks: Uint8Array[] = [];
      return managedWriter(run, name, {
        // Copied, because the caller may fill its buffer again. Not by `slice`: that of a Buffer shares its memory.
        append: async (bytes) => void chunks.push(new Uint8Array(bytes)),
        async publish(artifact) {
          if (runs.get(run) !== place) throw failed(run, "keeping an artifact of a deleted run");
          place.committed.set(name, { artifact, chunks });
          place.begun.delete(name);
        },
        async drop() {
          place.begun.delete(name);
          chunks.length = 0;
        },
      });
    },

    async *read(run, artifact) {
      const { chunks } = find(run, artifact);
      yield* verifyBytes(
        run,
        artifact,
        chunks.map((chunk) => chunk.slice()),
      );
    },

    async path(run, artifact) {
      const stored = find(run, artifact).artifact;
      if (stored.sha256 !== artifact.sha256) throw tampered(run, artifact, "its bytes have another SHA-256");
      return undefined;
    },

    async list(run) {
      checkRunId(run);
      return Array.from(runs.get(run)?.committed.values() ?? [], ({ artifact }) => artifact);
    },

    async delete(run) {
      checkRunId(run);
      const deleted = [...(runs.get(run)?.committed.keys() ?? [])];
      runs.delete(run);
      return { deleted, left: [] };
    },
  };
}
