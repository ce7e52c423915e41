import { readdir, readFile } from "node:fs/promises";

/** Linux shows its processes as files. Elsewhere nothing here finds any. */
export const hasProcessTable = process.platform === "linux";

/** Files that are read at once: enough to be quick, few enough to leave threads for others. */
const batchSize = 16;

export interface ProcessEntry {
  readonly pid: number;
  readonly group: number;
  /** When it started, in ticks since boot; with the pid it names a process for good. */
  readonly startTime: string;
  /** It has ended, and only waits for its parent to ask how. */
  readonly isZombie: boolean;
}

/** All processes for which `look` gives something; it is asked for several at once. */
export async function searchProcesses<Found>(look: (pid: number) => Promise<Found | undefined>): Promise<Found[]> {
  if (!hasProcessTable) return [];
  const found: Found[] = [];
  const pids = (await readdir("/proc")).filter((name) => /^\d+$/.test(name)).map(Number);
  for (let start = 0; start < pids.length; start += batchSize) {
    for (const one of await Promise.all(pids.slice(start, start + batchSize).map(look))) {
      if (one !== undefined) found.push(one);
    }
  }
  return found;
}

/** One process, or undefined when it has gone. */
export async function processEntry(pid: number): Promise<ProcessEntry | undefined> {
  try {
    return parseStat(pid, await readFile(`/proc/${pid}/stat`, "latin1"));
  } catch {
    return undefined;
  }
}

/** The environment that a process was started with; empty when it has gone or belongs to someone else. */
export async function processEnvironment(pid: number): Promise<string> {
  try {
    return await readFile(`/proc/${pid}/environ`, "latin1");
  } catch {
    return "";
  }
}

/** The second field is the program's name in parentheses and may contain anything; the others are numbers and words. */
export function parseStat(pid: number, stat: string): ProcessEntry {
  const [state = "", , group = "", ...rest] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return { pid, group: Number(group), startTime: rest[16] ?? "", isZombie: state === "Z" || state === "X" };
}
