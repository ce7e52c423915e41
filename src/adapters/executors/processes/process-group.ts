import { hasProcessTable, processEntry, searchProcesses } from "./process-table.ts";

/** Sends a signal to every member of a group. False when there is nobody left to get it. */
export function signalGroup(group: number, signal: NodeJS.Signals): boolean {
  try {
    process.kill(-group, signal);
    return true;
  } catch {
    return false;
  }
}

/**
 * Whether any process of a group still runs. A zombie counts for the kernel, not here: in a container whose first process
 * never asks for its dead it would stay forever.
 */
export async function hasMembers(group: number): Promise<boolean> {
  try {
    process.kill(-group, 0);
  } catch (error) {
    // Members that belong to someone else may not be signalled, but they are there.
    if (!(error instanceof Error && "code" in error && error.code === "EPERM")) return false;
  }
  if (!hasProcessTable) return true;
  try {
    const members = await searchProcesses(async (pid) => {
      const entry = await processEntry(pid);
      return entry?.group === group && !entry.isZombie ? entry : undefined;
    });
    return members.length > 0;
  } catch {
    // Nobody can be looked at, as where too many files are open. The kernel has said that there is someone.
    return true;
  }
}
