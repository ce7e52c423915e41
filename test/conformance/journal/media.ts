import { spawnSync } from "node:child_process";
import { rmSync } from "node:fs";
import { afterEach } from "vitest";
import type { Capability } from "./harness.ts";
import { temporaryDirectory } from "./temporary-directory.ts";

/** Disks that refuse, for real: small ones and read-only ones, where this process may mount them. */
const mounted: string[] = [];

export const canMount: Capability = tryMount();
export const canLimitFileSize: Capability =
  spawnSync("prlimit", ["--fsize=1000000", "true"]).status === 0 || "prlimit is not there, or not permitted";

export function mountSmallDisk(size: string): string {
  const directory = temporaryDirectory();
  mount("-t", "tmpfs", "-o", `size=${size}`, "tmpfs", directory);
  mounted.push(directory);
  return directory;
}

/** The same directory under another path, where nothing can be written. */
export function mountReadOnly(directory: string): string {
  const other = temporaryDirectory();
  mount("--bind", directory, other);
  mounted.push(other);
  mount("-o", "remount,bind,ro", other);
  return other;
}

function unmountAll(): void {
  for (const directory of mounted.splice(0).toReversed()) spawnSync("umount", ["--lazy", directory]);
}

function mount(...args: string[]): void {
  const { status, stderr, error } = spawnSync("mount", args, { encoding: "utf8" });
  if (status !== 0) throw new Error(`mount ${args.join(" ")}: ${error?.message ?? stderr}`);
}

function tryMount(): Capability {
  const directory = temporaryDirectory();
  try {
    mount("-t", "tmpfs", "-o", "size=64k", "tmpfs", directory);
    spawnSync("umount", [directory]);
    return true;
  } catch (error) {
    return String(error);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

afterEach(unmountAll);
