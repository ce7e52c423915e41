import { execFile } from "node:child_process";
import {
  link,
  lstat,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  symlink,
  truncate,
  unlink,
  writeFile,
} from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { directoryArtifacts } from "../../../src/adapters/artifacts/directory-artifacts.ts";
import type { ArtifactRef } from "../../../src/domain/artifact.ts";
import type { ArtifactStore } from "../../../src/ports/artifact-store.ts";
import { artifactStoreSuite, codeOf, read, sha256 } from "./artifact-store-suite.ts";

let base = "";
beforeAll(async () => {
  base = await mkdtemp(join(tmpdir(), "runfold-test-"));
});
afterAll(async () => {
  await rm(base, { recursive: true });
});

artifactStoreSuite({
  name: "directoryArtifacts",
  keepsFiles: true,
  open: async () => directoryArtifacts(join(await mkdtemp(join(base, "suite-")), "not", "made", "yet")),
});

describe("directoryArtifacts on a disk that others use too", () => {
  let root = "";
  let outside = "";
  let directory = "";
  let store: ArtifactStore;

  beforeEach(async () => {
    const place = await mkdtemp(join(base, "case-"));
    root = join(place, "root");
    outside = join(place, "outside");
    directory = join(root, "run-1");
    await mkdir(root);
    await mkdir(outside);
    store = directoryArtifacts(root);
  });

  async function put(name: string, text = "text"): Promise<ArtifactRef> {
    const writer = await store.create("run-1", name);
    await writer.write(Buffer.from(text));
    return await writer.commit();
  }

  it("makes everything for its owner alone, whatever the umask", async () => {
    const before = process.umask(0o777);
    try {
      await put("a").catch((error: unknown) => {
        // Only root may enter what such a umask makes; the modes are right in any case.
        if (process.geteuid?.() === 0) throw error;
      });
    } finally {
      process.umask(before);
    }
    expect((await stat(directory)).mode & 0o777).toBe(0o700);
    const loose = process.umask(0);
    await put("b");
    process.umask(loose);
    for (const name of await readdir(directory)) {
      expect((await stat(join(directory, name))).mode & 0o777).toBe(0o600);
    }
  });

  it("keeps only artifacts and the manifest", async () => {
    await put("a");
    const discarded = await store.create("run-1", "b");
    await discarded.discard();
    expect((await readdir(directory)).toSorted()).toEqual(["a", "manifest.ndjson"]);
  });

  it("adds to the manifest without touching what is there", async () => {
    await put("a");
    const first = await readFile(join(directory, "manifest.ndjson"), "utf8");
    const { ino } = await stat(join(directory, "manifest.ndjson"));
    await put("b");
    const both = await readFile(join(directory, "manifest.ndjson"), "utf8");
    expect(both.startsWith(first)).toBe(true);
    expect(both.split("\n")).toHaveLength(3);
    expect((await stat(join(directory, "manifest.ndjson"))).ino).toBe(ino);
  });

  it("gives its manifest's name to nobody", async () => {
    expect(await codeOf(store.create("run-1", "manifest.ndjson"))).toBe("artifact.exists");
    await put("a");
    const bytes = await readFile(join(directory, "manifest.ndjson"));
    const disguised = { name: "manifest.ndjson", bytes: bytes.length, sha256: sha256(bytes) };
    expect(await codeOf(read(store, disguised))).toBe("artifact.unknown");
  });

  it("is read by another store over the same directory", async () => {
    const artifact = await put("a");
    const other = directoryArtifacts(root);
    expect(await other.list("run-1")).toEqual([artifact]);
    expect(await read(other, artifact)).toEqual(Buffer.from("text"));
    expect(await codeOf(other.create("run-1", "a"))).toBe("artifact.exists");
  });

  it("lets the first of two stores have a name that both have begun", async () => {
    const one = await store.create("run-1", "a");
    const two = await directoryArtifacts(root).create("run-1", "a");
    await two.write(Buffer.from("two"));
    const artifact = await two.commit();
    expect(await codeOf(one.commit())).toBe("artifact.exists");
    expect(await read(store, artifact)).toEqual(Buffer.from("two"));
    expect((await readdir(directory)).toSorted()).toEqual(["a", "manifest.ndjson"]);
  });

  it("passes over a manifest line that a crash cut, and goes on after it", async () => {
    const first = await put("a");
    await put("b");
    const manifest = join(directory, "manifest.ndjson");
    await truncate(manifest, (await stat(manifest)).size - 10);
    const third = await put("c");
    expect(await store.list("run-1")).toEqual([first, third]);
  });

  it("believes no manifest line with a hostile name", async () => {
    await put("a");
    await writeFile(join(outside, "victim"), "safe");
    const line = JSON.stringify({ name: "../../outside/victim", bytes: 4, sha256: sha256("safe") });
    await writeFile(join(directory, "manifest.ndjson"), `${line}\nnull\n17\n{}\n`, { flag: "a" });
    expect((await store.list("run-1")).map(({ name }) => name)).toEqual(["a"]);
    await store.delete("run-1");
    expect(await readFile(join(outside, "victim"), "utf8")).toBe("safe");
  });

  it("refuses a name where a symlink lies, and leaves its target alone", async () => {
    await put("a");
    await symlink(join(outside, "target"), join(directory, "b"));
    expect(await codeOf(store.create("run-1", "b"))).toBe("artifact.exists");
    const writer = await store.create("run-1", "c");
    await symlink(join(outside, "target"), join(directory, "c"));
    expect(await codeOf(writer.commit())).toBe("artifact.exists");
    expect(await readdir(outside)).toEqual([]);
  });

  it("refuses a run directory that is a symlink, for everything", async () => {
    await symlink(outside, directory);
    expect(await codeOf(store.create("run-1", "a"))).toBe("artifact.failed");
    expect(await codeOf(store.list("run-1"))).toBe("artifact.failed");
    expect(await codeOf(store.delete("run-1"))).toBe("artifact.failed");
    expect(await codeOf(read(store, { name: "a", bytes: 0, sha256: sha256("") }))).toBe("artifact.failed");
    expect(await readdir(outside)).toEqual([]);
  });

  it("refuses a run directory that was replaced, and leaves the other one alone", async () => {
    const artifact = await put("a");
    const writer = await store.create("run-1", "b");
    await rename(directory, join(outside, "moved"));
    await mkdir(directory);
    await writeFile(join(directory, "a"), "text");
    expect(await codeOf(writer.commit())).toBe("artifact.failed");
    expect(await codeOf(store.create("run-1", "c"))).toBe("artifact.failed");
    expect(await codeOf(read(store, artifact))).toBe("artifact.failed");
    expect(await codeOf(store.path("run-1", artifact))).toBe("artifact.failed");
    expect(await codeOf(store.delete("run-1"))).toBe("artifact.failed");
    expect(await readdir(directory)).toEqual(["a"]);
  });

  it("does not write through a manifest that became a symlink, and can still be deleted", async () => {
    await put("a");
    await unlink(join(directory, "manifest.ndjson"));
    await symlink(join(outside, "manifest"), join(directory, "manifest.ndjson"));
    expect(await codeOf(put("b"))).toBe("artifact.failed");
    expect(await readdir(outside)).toEqual([]);
    const { left } = await store.delete("run-1");
    expect(left).toContain("a");
    expect(left).not.toContain("manifest.ndjson");
  });

  it("notices bytes that were changed, cut, removed or replaced by a symlink or a pipe", async () => {
    const artifact = await put("a");
    const path = join(directory, "a");
    await writeFile(path, "tExt");
    expect(await codeOf(read(store, artifact))).toBe("artifact.tampered");
    expect(await codeOf(store.path("run-1", artifact))).toBe("artifact.tampered");
    await truncate(path, 2);
    expect(await codeOf(read(store, artifact))).toBe("artifact.tampered");
    await unlink(path);
    expect(await codeOf(read(store, artifact))).toBe("artifact.unknown");
    await writeFile(join(outside, "a"), "text");
    await symlink(join(outside, "a"), path);
    expect(await codeOf(read(store, artifact))).toBe("artifact.tampered");
    await unlink(path);
    await promisify(execFile)("mkfifo", [path]);
    expect(await codeOf(read(store, artifact))).toBe("artifact.tampered");
  });

  it("deletes what it recorded, unlinks symlinks, and leaves and names the rest", async () => {
    for (const name of ["kept-as-is", "now-symlink", "now-directory", "gone"]) await put(name);
    await writeFile(join(outside, "target"), "safe");
    for (const name of ["now-symlink", "now-directory", "gone"]) await unlink(join(directory, name));
    await symlink(join(outside, "target"), join(directory, "now-symlink"));
    await mkdir(join(directory, "now-directory"));
    await writeFile(join(directory, "foreign"), "");
    expect(await store.delete("run-1")).toEqual({
      deleted: ["kept-as-is", "now-symlink"],
      left: ["foreign", "now-directory"],
    });
    expect(await readFile(join(outside, "target"), "utf8")).toBe("safe");
    expect((await readdir(directory)).toSorted()).toEqual(["foreign", "now-directory"]);
  });

  it("removes the directory when nothing foreign is in it", async () => {
    await put("a");
    await store.delete("run-1");
    await expect(lstat(directory)).rejects.toThrow("ENOENT");
  });

  it("deletes what unfinished writers of a process that died left behind", async () => {
    await put("a");
    const unfinished = await store.create("run-1", "b");
    await unfinished.write(Buffer.from("half"));
    // The other process died between making the name visible and recording it.
    const temporary = join(directory, `.part-${"0".repeat(24)}`);
    await writeFile(temporary, "whole");
    await link(temporary, join(directory, "c"));
    expect(await directoryArtifacts(root).delete("run-1")).toEqual({ deleted: ["a", "c"], left: [] });
    await expect(lstat(directory)).rejects.toThrow("ENOENT");
    await unfinished.discard();
  });

  it("deletes a run whose directory has vanished, and lets it begin anew", async () => {
    await put("a");
    await rm(directory, { recursive: true });
    expect(await store.delete("run-1")).toEqual({ deleted: [], left: [] });
    await put("a");
  });

  it("makes the directory again when a cleaner of temporary files took it from a living run", async () => {
    const lost = await put("a");
    await rm(directory, { recursive: true });
    const artifact = await put("b");
    expect(await read(store, artifact)).toEqual(Buffer.from("text"));
    expect(await codeOf(read(store, lost))).toBe("artifact.unknown");
  });
});
