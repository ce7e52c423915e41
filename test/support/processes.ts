import { readdir, readFile } from "node:fs/promises";

/** Linux alone shows other processes' environments. */
export const showsProcesses = process.platform === "linux";

/** Whether a process runs; one that has ended and waits for its parent does not. */
export async function isRunning(pid: number): Promise<boolean> {
  try {
    const stat = await readFile(`/proc/${pid}/stat`, "latin1");
    return !/^[ZX]/.test(stat.slice(stat.lastIndexOf(")") + 2));
  } catch {
    return false;
  }
}

/** The processes that were started with a piece of text in their environment or arguments. */
export async function processesWith(piece: string): Promise<number[]> {
  const found: number[] = [];
  for (const name of await readdir("/proc")) {
    const pid = Number(name);
    if (!Number.isInteger(pid) || pid === process.pid) continue;
    try {
      const environment = await readFile(`/proc/${pid}/environ`, "latin1");
      const command = await readFile(`/proc/${pid}/cmdline`, "latin1");
      if ((environment.includes(piece) || command.includes(piece)) && (await isRunning(pid))) found.push(pid);
    } catch {
      // It ended while it was looked at.
    }
  }
  return found;
}
