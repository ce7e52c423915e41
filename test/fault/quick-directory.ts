import { accessSync, constants, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach } from "vitest";

const directories: string[] = [];

/**
 * A fresh directory that is removed after the test, in memory where the system has such a place: for thousands of files of which
 * only the bytes matter, not the disk.
 */
export function quickDirectory(): string {
  const directory = mkdtempSync(join(memoryPlace() ?? tmpdir(), "runfold-fault-"));
  directories.push(directory);
  return directory;
}

function memoryPlace(): string | undefined {
  try {
    accessSync("/dev/shm", constants.W_OK);
    return "/dev/shm";
  } catch {
    return undefined;
  }
}

afterEach(() => {
  for (const directory of directories.splice(0)) rmSync(directory, { recursive: true, force: true });
});
