import { createHash, type Hash } from "node:crypto";
import { constants } from "node:fs";
import { lstat, open, readdir, realpath } from "node:fs/promises";
import { join } from "node:path";
import { limits } from "../../../domain/limits.ts";

/** What an extension or a skill was, file or directory, when it was looked at. */
export interface SourceFingerprint {
  readonly realPath: string;
  readonly device: string;
  readonly inode: string;
  /** Of all files together. */
  readonly bytes: number;
  /** The newest change of a file or directory in it, in nanoseconds since 1970. */
  readonly changedNs: string;
  /** Of the names, kinds and contents of everything in it, in order of the names. */
  readonly sha256: string;
}

/**
 * Looks at an extension or skill: everything in it is read once, without holding up anything else. Symlinks in a directory count by where
 * they lead to, and are not followed.
 * @throws Error saying why it cannot be read, or that it is above `limits.sourceBytesMax` or `limits.sourceEntriesMax`
 */
export async function fingerprintOf(path: string): Promise<SourceFingerprint> {
  const realPath = await realpath(path);
  const stats = await lstat(realPath, { bigint: true });
  const walk = new SourceWalk();
  if (stats.isDirectory()) await walk.directory(realPath, "");
  else if (stats.isFile()) await walk.file(realPath, "");
  else throw new Error(`${realPath} is neither a file nor a directory`);
  const changedNs = stats.mtimeNs > walk.changedNs ? stats.mtimeNs : walk.changedNs;
  return {
    realPath,
    device: String(stats.dev),
    inode: String(stats.ino),
    bytes: walk.bytes,
    changedNs: String(changedNs),
    sha256: walk.digest(),
  };
}

/** In what a source differs from what it was, in words; undefined where it is the same. */
export function changeOfSource(before: SourceFingerprint, now: SourceFingerprint): string | undefined {
  if (before.realPath !== now.realPath) return `it leads to ${now.realPath}, no longer to ${before.realPath}`;
  if (before.device !== now.device || before.inode !== now.inode) return "it was replaced";
  if (before.bytes !== now.bytes || before.sha256 !== now.sha256) return "its content changed";
  return before.changedNs === now.changedNs ? undefined : "it was written to";
}

class SourceWalk {
  bytes = 0;
  changedNs = 0n;
  private entries = 0;
  private readonly hash: Hash = createHash("sha256");

  digest(): string {
    return this.hash.digest("hex");
  }

  async directory(path: string, name: string): Promise<void> {
    this.enter("directory", name);
    const names = await readdir(path);
    // Before they are sorted: a directory may hold millions.
    if (this.entries + names.length > limits.sourceEntriesMax) throw tooManyEntries();
    for (const child of names.toSorted()) {
      const childPath = join(path, child);
      const childName = name === "" ? child : `${name}/${child}`;
      const stats = await lstat(childPath, { bigint: true });
      if (stats.mtimeNs > this.changedNs) this.changedNs = stats.mtimeNs;
      if (stats.isDirectory()) await this.directory(childPath, childName);
      else if (stats.isFile()) await this.file(childPath, childName);
      else if (stats.isSymbolicLink()) this.enter("symlink", `${childName}\0${await realpath(childPath)}`);
      else throw new Error(`${childPath} is neither a file, a directory nor a symlink`);
    }
  }

  async file(path: string, name: string): Promise<void> {
    // Should it be swapped for a pipe meanwhile, opening it must not wait for a writer.
    const handle = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    try {
      this.enter("file", `${name}\0${(await handle.stat()).size}`);
      for await (const chunk of handle.createReadStream({ autoClose: false })) {
        if (!(chunk instanceof Uint8Array)) continue;
        this.bytes += chunk.length;
        if (this.bytes > limits.sourceBytesMax) throw tooLarge();
        this.hash.update(chunk);
      }
    } finally {
      await handle.close();
    }
  }

  private enter(kind: string, name: string): void {
    if (++this.entries > limits.sourceEntriesMax) throw tooManyEntries();
    this.hash.update(`${kind}\0${name}\0\0`);
  }
}

function tooLarge(): Error {
  return new Error(`it has more than ${limits.sourceBytesMax} bytes`);
}

function tooManyEntries(): Error {
  return new Error(`it has more than ${limits.sourceEntriesMax} entries`);
}
