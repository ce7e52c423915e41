import { createHash } from "node:crypto";
import type { ArtifactRef } from "../../domain/artifact.ts";
import type { RunId } from "../../domain/ids.ts";
import type { ArtifactWriter } from "../../ports/artifact-store.ts";
import { failed } from "./artifact-errors.ts";

/** Where a writer's bytes go. Its methods are called one at a time, in order, and none after `publish` or `drop`. */
export interface WriterTarget {
  append(bytes: Uint8Array): Promise<void>;
  publish(artifact: ArtifactRef): Promise<void>;
  drop(): Promise<void>;
}

/**
 * Gives a target the manners of an {@link ArtifactWriter}: bytes are hashed as they pass and written in call order, a second
 * commit gives the same reference, a discard after the end does nothing, and a target that failed once is dropped.
 */
export function managedWriter(run: RunId, name: string, target: WriterTarget): ArtifactWriter {
  const hash = createHash("sha256");
  let bytes = 0;
  let queue: Promise<void> = Promise.resolve();
  let committing: Promise<ArtifactRef> | undefined;
  let dropping: Promise<void> | undefined;

  function inOrder(task: () => Promise<void>): Promise<void> {
    queue = queue.then(task);
    // The caller sees the rejection; the copy that only orders the next task must not count as unhandled.
    queue.catch(() => undefined);
    return queue;
  }

  const ended = (): boolean => committing !== undefined || dropping !== undefined;

  async function publish(): Promise<ArtifactRef> {
    try {
      await queue;
      const artifact: ArtifactRef = { name, bytes, sha256: hash.digest("hex") };
      await target.publish(artifact);
      return artifact;
    } catch (error) {
      await target.drop().catch(() => undefined);
      throw failed(run, `keeping the artifact ${name}`, error);
    }
  }

  return {
    async write(chunk) {
      if (ended()) throw failed(run, `writing to ${name}, which has been committed or discarded,`);
      await inOrder(async () => {
        hash.update(chunk);
        bytes += chunk.length;
        await target.append(chunk);
      }).catch((error: unknown) => {
        throw failed(run, `writing the artifact ${name}`, error);
      });
    },
    async commit() {
      if (dropping !== undefined) throw failed(run, `committing ${name}, which has been discarded,`);
      committing ??= publish();
      return await committing;
    },
    async discard() {
      if (committing !== undefined) return;
      dropping ??= queue.catch(() => undefined).then(() => target.drop());
      await dropping.catch((error: unknown) => {
        throw failed(run, `discarding the artifact ${name}`, error);
      });
    },
  };
}
