import { createHash } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { lstat, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { AttemptOwner } from "../../../ports/executor.ts";
import { MergedSearch } from "./merged-search.ts";

/** Those of this process that were not removed yet. */
const live = new Set<string>();

/**
 * Makes a directory that its owner alone may enter. Its name says which owner of which run made it. It goes when it is removed, when this
 * process ends by itself, or when a later owner of the run takes over.
 * @throws Error where the temporary directory cannot be written
 */
export function makeScratch(owner: AttemptOwner): string {
  if (live.size === 0 && !process.listeners("exit").includes(removeAll)) process.on("exit", removeAll);
  // mkdtemp makes it 0700. At once, or this process might end between making it and knowing of it.
  const path = mkdtempSync(join(tmpdir(), `runfold-${nameOf(owner.life)}.${owner.epoch}-`));
  live.add(path);
  return path;
}

/** @throws Error where something of it cannot be removed; it is tried once more when this process ends */
export async function removeScratch(path: string): Promise<void> {
  await rm(path, { recursive: true, force: true });
  live.delete(path);
}

interface Scratch {
  readonly path: string;
  readonly name: string;
  readonly epoch: number;
}

/** Of all runs: many are taken over at once, and share their searches. */
const scratches = new MergedSearch<Scratch>(async () => {
  const directory = tmpdir();
  return (await readdir(directory)).flatMap((entry) => {
    const [, name, epoch] = /^runfold-(.+)\.([0-9]+)-[A-Za-z0-9]{6}$/.exec(entry) ?? [];
    return name === undefined ? [] : [{ path: join(directory, entry), name, epoch: Number(epoch) }];
  });
});

/**
 * Removes what earlier owners of a run left in the temporary directory. Nothing that belongs to another user, and no link.
 * @throws Error where something of it cannot be removed
 */
export async function sweepScratch({ life, epoch }: AttemptOwner): Promise<void> {
  const name = nameOf(life);
  for (const one of await scratches.run()) {
    if (one.name === name && one.epoch < epoch && (await isOwnDirectory(one.path))) await removeScratch(one.path);
  }
}

async function isOwnDirectory(path: string): Promise<boolean> {
  try {
    const stats = await lstat(path);
    return stats.isDirectory() && stats.uid === process.getuid?.();
  } catch {
    return false;
  }
}

/** A life as part of a file's name, whoever made it up. */
function nameOf(life: string): string {
  if (/^[A-Za-z0-9_-]{1,100}$/.test(life)) return life;
  return createHash("sha256").update(life).digest("hex");
}

function removeAll(): void {
  for (const path of live) {
    try {
      rmSync(path, { recursive: true, force: true });
    } catch {
      // There is nobody left to tell, and a later owner tries again.
    }
  }
}
