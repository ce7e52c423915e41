import { createWriteStream } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";

/** Files that one attempt hands to its command: readable by their owner alone, and gone when the attempt ends. */
export class PrivateFiles {
  private directory: Promise<string> | undefined;

  /** Writes a new file and gives its path. `name` must be a plain file name. */
  async write(name: string, content: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): Promise<string> {
    // mkdtemp makes it 0700.
    this.directory ??= mkdtemp(join(tmpdir(), "runfold-"));
    const path = join(await this.directory, name);
    await pipeline(content, createWriteStream(path, { flags: "wx", mode: 0o600 }));
    return path;
  }

  async remove(): Promise<void> {
    const directory = await this.directory?.catch(() => undefined);
    this.directory = undefined;
    if (directory !== undefined) await rm(directory, { recursive: true, force: true });
  }
}
