import { createWriteStream } from "node:fs";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import type { AttemptOwner } from "../../../ports/executor.ts";
import type { Guardian } from "./guardian.ts";
import { makeScratch, removeScratch } from "./scratch-directories.ts";

/** Files that one attempt hands to its processes: readable by their owner alone, and gone when the attempt ends. */
export class PrivateFiles {
  private readonly owner: AttemptOwner;
  private readonly guardian: Guardian;
  private made: string | undefined;

  constructor(owner: AttemptOwner, guardian: Guardian) {
    this.owner = owner;
    this.guardian = guardian;
  }

  /**
   * The directory itself, an absolute path; made when it is first asked for.
   * @throws Error where the temporary directory cannot be written
   */
  get directory(): string {
    if (this.made === undefined) {
      this.made = makeScratch(this.owner);
      this.guardian.watchDirectory(this.made);
    }
    return this.made;
  }

  /** Writes a new file and gives its path. `name` must be a plain file name. */
  async write(name: string, content: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): Promise<string> {
    const path = join(this.directory, name);
    await pipeline(content, createWriteStream(path, { flags: "wx", mode: 0o600 }));
    return path;
  }

  /** @throws Error where something cannot be removed; the end of this process tries once more */
  async remove(): Promise<void> {
    const { made } = this;
    if (made === undefined) return;
    await removeScratch(made);
    this.made = undefined;
    this.guardian.releaseDirectory(made);
  }
}
