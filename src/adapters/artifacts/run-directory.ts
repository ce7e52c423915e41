import { constants, existsSync, type BigIntStats } from "node:fs";
import { lstat, mkdir, open } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import type { RunId } from "../../domain/ids.ts";
import { checkRunId, failed, systemCode } from "./artifact-errors.ts";

/** One run's directory as it was when this store first met it. */
export interface RunDirectory {
  readonly run: RunId;
  readonly path: string;
  readonly device: bigint;
  readonly inode: bigint;
  /** Names that a writer of this store has begun and not yet ended. */
  readonly begun: Set<string>;
}

/**
 * The directories of runs, each checked before it is used: it must be a directory, not a symlink, and the same one as
 * before. Someone who swaps it makes the store refuse, not write or delete somewhere else.
 */
export class RunDirectories {
  private readonly root: string;
  private readonly known = new Map<RunId, RunDirectory>();

  constructor(root: string) {
    this.root = root;
  }

  pathOf(run: RunId): string {
    checkRunId(run);
    return join(this.root, run);
  }

  /** The run's directory, made if need be. @throws `run.idInvalid`, `artifact.failed` */
  async make(run: RunId): Promise<RunDirectory> {
    const path = this.pathOf(run);
    await this.makeRoot(run);
    try {
      await mkdir(path, { mode: 0o700 });
      // One that we made just now is ours, even if another of that name has vanished under us.
      this.known.delete(run);
      await syncDirectory(this.root);
    } catch (error) {
      if (systemCode(error) !== "EEXIST") throw failed(run, "making its artifact directory", error);
    }
    const directory = await this.find(run);
    if (directory === undefined) throw failed(run, "making its artifact directory");
    return directory;
  }

  /**
   * The run's directory, or undefined where there is none.
   * @throws `run.idInvalid`; `artifact.failed` when it is a symlink, no directory, or another one than before.
   */
  async find(run: RunId): Promise<RunDirectory | undefined> {
    const path = this.pathOf(run);
    const seen = await lookAt(run, path);
    if (seen === undefined) return undefined;
    if (!seen.isDirectory()) throw failed(run, `using ${path}, which is not a directory,`);
    const known = this.known.get(run);
    if (known !== undefined) {
      if (known.device === seen.dev && known.inode === seen.ino) return known;
      throw failed(run, `using ${path}, which was replaced by another directory,`);
    }
    await makePrivate(run, path, seen);
    // Several first uses may run at once; all of them must share one set of begun names.
    const directory = this.known.get(run) ?? { run, path, device: seen.dev, inode: seen.ino, begun: new Set<string>() };
    this.known.set(run, directory);
    return directory;
  }

  /**
   * One directory after the other, because Node's own `recursive` tries for ever where the system refuses a directory as one that
   * is not there, as below `/proc`.
   */
  private async makeRoot(run: RunId): Promise<void> {
    const missing: string[] = [];
    for (let at = resolve(this.root); !existsSync(at) && at !== dirname(at); at = dirname(at)) missing.push(at);
    for (const path of missing.toReversed()) {
      try {
        await mkdir(path, { mode: 0o700 });
        await syncDirectory(dirname(path));
      } catch (error) {
        if (systemCode(error) !== "EEXIST") throw failed(run, `making ${path}`, error);
      }
    }
  }

  /** Forgets the directory of a deleted run, so that a new run of the same name begins anew. */
  forget(run: RunId): void {
    this.known.delete(run);
  }
}

async function lookAt(run: RunId, path: string): Promise<BigIntStats | undefined> {
  try {
    return await lstat(path, { bigint: true });
  } catch (error) {
    if (systemCode(error) === "ENOENT") return undefined;
    throw failed(run, `looking at ${path}`, error);
  }
}

/** Sets the mode whatever the umask was, through a handle so that no symlink put there meanwhile is followed. */
async function makePrivate(run: RunId, path: string, seen: BigIntStats): Promise<void> {
  try {
    await using handle = await open(path, constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW);
    const opened = await handle.stat({ bigint: true });
    if (opened.dev !== seen.dev || opened.ino !== seen.ino) throw new Error("it was replaced meanwhile");
    await handle.chmod(0o700);
  } catch (error) {
    throw failed(run, `making ${path} private`, error);
  }
}

/** Makes names that were added to a directory survive a power cut. */
export async function syncDirectory(path: string): Promise<void> {
  await using handle = await open(path, constants.O_RDONLY | constants.O_DIRECTORY);
  await handle.sync();
}
