import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import type { ArtifactRef } from "../../../src/domain/artifact.ts";
import { isRunfoldError } from "../../../src/domain/errors.ts";
import type { ArtifactStore } from "../../../src/ports/artifact-store.ts";

export interface StoreUnderTest {
  readonly name: string;
  /** Whether the store can hand out files. */
  readonly keepsFiles: boolean;
  /** A new store without runs. */
  open(): ArtifactStore | Promise<ArtifactStore>;
}

const run = "run-1";
const hello = Buffer.from("hello, wörld");

/** What every {@link ArtifactStore} must do. */
export function artifactStoreSuite({ name: storeName, keepsFiles, open }: StoreUnderTest): void {
  describe(`${storeName} as an artifact store`, () => {
    it("gives back the bytes that were committed, with their size and hash", async () => {
      const store = await open();
      const artifact = await put(store, "log.txt", hello);
      expect(artifact).toEqual({ name: "log.txt", bytes: hello.length, sha256: sha256(hello) });
      expect(await read(store, artifact)).toEqual(hello);
    });

    it("keeps an empty artifact", async () => {
      const store = await open();
      const artifact = await put(store, "empty", Buffer.alloc(0));
      expect(artifact.bytes).toBe(0);
      expect(await read(store, artifact)).toHaveLength(0);
    });

    it("keeps what was written, even if the caller fills its buffer again afterwards", async () => {
      const store = await open();
      const writer = await store.create(run, "a");
      const buffer = Buffer.from("first");
      await writer.write(buffer);
      buffer.fill("x");
      expect(await read(store, await writer.commit())).toEqual(Buffer.from("first"));
    });

    it("keeps writes in call order, awaited or not", async () => {
      const store = await open();
      const writer = await store.create(run, "a");
      const pieces = Array.from({ length: 50 }, (_, index) => Buffer.from(`${index};`));
      await Promise.all(pieces.map((piece) => writer.write(piece)));
      expect(await read(store, await writer.commit())).toEqual(Buffer.concat(pieces));
    });

    it("keeps 50 MB that come in chunks", async () => {
      const store = await open();
      const writer = await store.create(run, "large");
      const hash = createHash("sha256");
      for (let index = 0; index < 50; index++) {
        const chunk = Buffer.alloc(1_000_000, index);
        hash.update(chunk);
        await writer.write(chunk);
      }
      const artifact = await writer.commit();
      expect(artifact).toEqual({ name: "large", bytes: 50_000_000, sha256: hash.digest("hex") });
      let bytes = 0;
      for await (const chunk of store.read(run, artifact)) bytes += chunk.length;
      expect(bytes).toBe(50_000_000);
    });

    it("shows nothing of an artifact before it is committed", async () => {
      const store = await open();
      const writer = await store.create(run, "a");
      await writer.write(hello);
      expect(await store.list(run)).toEqual([]);
      expect(await codeOf(read(store, { name: "a", bytes: hello.length, sha256: sha256(hello) }))).toBe(
        "artifact.unknown",
      );
      await writer.discard();
    });

    it("refuses a name that is taken, by a committed artifact or by one that has begun", async () => {
      const store = await open();
      const writer = await store.create(run, "a");
      expect(await codeOf(store.create(run, "a"))).toBe("artifact.exists");
      await writer.commit();
      expect(await codeOf(store.create(run, "a"))).toBe("artifact.exists");
      const elsewhere = await store.create("run-2", "a");
      await elsewhere.discard();
    });

    it("frees the name of a discarded artifact, and leaves nothing of it", async () => {
      const store = await open();
      const writer = await store.create(run, "a");
      await writer.write(hello);
      await writer.discard();
      await writer.discard();
      expect(await store.list(run)).toEqual([]);
      await put(store, "a", hello);
    });

    it("answers a second commit with the same reference, and ignores a discard after it", async () => {
      const store = await open();
      const writer = await store.create(run, "a");
      await writer.write(hello);
      const [first, second] = await Promise.all([writer.commit(), writer.commit()]);
      expect(second).toEqual(first);
      await writer.discard();
      expect(await store.list(run)).toEqual([first]);
      expect(await read(store, first)).toEqual(hello);
    });

    it("refuses bytes after the end, and a commit after a discard", async () => {
      const store = await open();
      const committed = await store.create(run, "a");
      await committed.commit();
      expect(await codeOf(committed.write(hello))).toBe("artifact.failed");
      const discarded = await store.create(run, "b");
      await discarded.discard();
      expect(await codeOf(discarded.write(hello))).toBe("artifact.failed");
      expect(await codeOf(discarded.commit())).toBe("artifact.failed");
    });

    it.each(["", ".", "..", ".hidden", "a/b", "../a", "a\\b", "a\0b", "ä", "a b", "a\n", "x".repeat(201)])(
      "refuses the name %j",
      async (hostile) => {
        const store = await open();
        expect(await codeOf(store.create(run, hostile))).toBe("artifact.nameInvalid");
        expect(await codeOf(read(store, { name: hostile, bytes: 0, sha256: sha256("") }))).toBe("artifact.nameInvalid");
      },
    );

    it.each(["", "..", "a/b", ".run", "-run", "x".repeat(65)])("refuses the run id %j", async (hostile) => {
      const store = await open();
      expect(await codeOf(store.create(hostile, "a"))).toBe("run.idInvalid");
      expect(await codeOf(store.list(hostile))).toBe("run.idInvalid");
      expect(await codeOf(store.delete(hostile))).toBe("run.idInvalid");
    });

    it("accepts names of 200 characters of every allowed kind", async () => {
      const store = await open();
      const artifact = await put(store, `-_A9${"z".repeat(192)}.txt`, hello);
      expect(await read(store, artifact)).toEqual(hello);
    });

    it("does not know artifacts of other runs", async () => {
      const store = await open();
      const artifact = await put(store, "a", hello);
      expect(await codeOf(read(store, artifact, "run-2"))).toBe("artifact.unknown");
      expect(await codeOf(store.path("run-2", artifact))).toBe("artifact.unknown");
      // A store's place is no run, and people look for the directory.
      await expect(read(store, artifact, "place-2")).rejects.toThrow(
        /^There is no artifact a in place-2\. .* moved or deleted\? .* FILE\.artifacts: copy it back\./,
      );
    });

    it("says so when the reference is of other bytes", async () => {
      const store = await open();
      const artifact = await put(store, "a", hello);
      expect(await codeOf(read(store, { ...artifact, sha256: sha256("x") }))).toBe("artifact.tampered");
      expect(await codeOf(read(store, { ...artifact, bytes: 3 }))).toBe("artifact.tampered");
      expect(await codeOf(read(store, { ...artifact, bytes: 300 }))).toBe("artifact.tampered");
      expect(await codeOf(store.path(run, { ...artifact, sha256: sha256("x") }))).toBe("artifact.tampered");
    });

    it("lists what was committed in order of commit", async () => {
      const store = await open();
      const writers = await Promise.all(["a", "b", "c"].map((name) => store.create(run, name)));
      const artifacts: ArtifactRef[] = [];
      for (const writer of writers.toReversed()) artifacts.push(await writer.commit());
      expect(await store.list(run)).toEqual(artifacts);
      expect(await store.list("run-2")).toEqual([]);
    });

    it("takes many writers at once", async () => {
      const store = await open();
      const names = Array.from({ length: 40 }, (_, index) => `part-${index}`);
      const artifacts = await Promise.all(names.map((name) => put(store, name, Buffer.from(name.repeat(1_000)))));
      expect(new Set((await store.list(run)).map((artifact) => artifact.name))).toEqual(new Set(names));
      for (const artifact of artifacts) {
        expect(await read(store, artifact)).toEqual(Buffer.from(artifact.name.repeat(1_000)));
      }
    });

    it("deletes a run and nothing else, and knows it no more", async () => {
      const store = await open();
      const artifact = await put(store, "a", hello);
      await put(store, "b", hello);
      const other = await store.create("run-2", "a");
      const kept = await other.commit();
      const { deleted, left } = await store.delete(run);
      expect(new Set(deleted)).toEqual(new Set(["a", "b"]));
      expect(left).toEqual([]);
      expect(await store.list(run)).toEqual([]);
      expect(await codeOf(read(store, artifact))).toBe("artifact.unknown");
      expect(await store.list("run-2")).toEqual([kept]);
    });

    it("has nothing to delete for a run without artifacts, and the second time", async () => {
      const store = await open();
      expect(await store.delete(run)).toEqual({ deleted: [], left: [] });
      await put(store, "a", hello);
      await store.delete(run);
      expect(await store.delete(run)).toEqual({ deleted: [], left: [] });
    });

    it("lets a run of the same name begin anew after its deletion", async () => {
      const store = await open();
      await put(store, "a", hello);
      await store.delete(run);
      const artifact = await put(store, "a", Buffer.from("new"));
      expect(await read(store, artifact)).toEqual(Buffer.from("new"));
      expect(await store.list(run)).toEqual([artifact]);
    });

    it("does not bring a deleted run back by a commit that comes too late", async () => {
      const store = await open();
      const writer = await store.create(run, "a");
      await writer.write(hello);
      await store.delete(run);
      expect(await codeOf(writer.commit())).toBe("artifact.failed");
      expect(await store.list(run)).toEqual([]);
    });

    it.runIf(keepsFiles)("hands out a file with exactly the bytes", async () => {
      const { readFile } = await import("node:fs/promises");
      const store = await open();
      const artifact = await put(store, "a", hello);
      const path = await store.path(run, artifact);
      expect(await readFile(path!)).toEqual(hello);
    });

    it.skipIf(keepsFiles)("hands out no file", async () => {
      const store = await open();
      expect(await store.path(run, await put(store, "a", hello))).toBeUndefined();
    });
  });
}

async function put(store: ArtifactStore, artifactName: string, bytes: Uint8Array): Promise<ArtifactRef> {
  const writer = await store.create(run, artifactName);
  await writer.write(bytes);
  return await writer.commit();
}

export async function read(store: ArtifactStore, artifact: ArtifactRef, from = run): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of store.read(from, artifact)) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/** The code with which a promise is rejected; whatever else comes of it, where that is no error of Runfold's. */
export async function codeOf(promise: Promise<unknown>): Promise<unknown> {
  try {
    return { resolved: await promise };
  } catch (error) {
    return isRunfoldError(error) ? error.code : error;
  }
}

export function sha256(bytes: Uint8Array | string): string {
  return createHash("sha256").update(bytes).digest("hex");
}
