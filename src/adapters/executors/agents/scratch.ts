import { createWriteStream } from "node:fs";
import { mkdtemp, readdir, realpath, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import type { AttemptOwner } from "../../../ports/executor.ts";

const prefix = "runfold-agent-";
const namePattern = /^runfold-agent-([A-Za-z0-9_]+)\.([0-9]+)\.[A-Za-z0-9]+$/;

/** A private directory of one attempt, readable by its owner alone. Its name tells whose it is, so that a later owner can remove it. */
export class Scratch {
  /** An absolute real path. */
  readonly path: string;

  private constructor(path: string) {
    this.path = path;
  }

  static async make({ life, epoch }: AttemptOwner, within: string = tmpdir()): Promise<Scratch> {
    // mkdtemp makes it 0700.
    const path = await mkdtemp(join(await realpath(within), `${prefix}${wordOf(life)}.${epoch}.`));
    return new Scratch(path);
  }

  /**
   * Writes a new file, 0600, and gives its path. `name` must be a plain file name.
   * @throws Error when something of that name is there already, a symlink included
   */
  async write(name: string, content: string | AsyncIterable<Uint8Array> | Iterable<Uint8Array>): Promise<string> {
    if (!/^[a-z0-9][a-z0-9._-]*$/.test(name)) throw new Error(`${JSON.stringify(name)} is no plain file name`);
    const path = join(this.path, name);
    const bytes = typeof content === "string" ? [Buffer.from(content)] : content;
    await pipeline(bytes, createWriteStream(path, { flags: "wx", mode: 0o600 }));
    return path;
  }

  /** Removes it with all that is in it; nothing happens where it is gone. */
  async remove(): Promise<void> {
    await rm(this.path, { recursive: true, force: true });
  }
}

/** Removes what attempts of earlier owners of a run left because their process was lost. */
export async function removeScratchOfEarlier({ life, epoch }: AttemptOwner, within: string = tmpdir()): Promise<void> {
  for (const name of await readdir(within)) {
    const [, ownerLife, ownerEpoch] = namePattern.exec(name) ?? [];
    if (ownerLife !== wordOf(life) || Number(ownerEpoch) >= epoch) continue;
    await rm(join(within, name), { recursive: true, force: true });
  }
}

/** A life is made of letters and digits; if another entropy gives others, they must not lead out of the directory. */
function wordOf(life: string): string {
  return life.replaceAll(/[^A-Za-z0-9]/g, "_");
}
