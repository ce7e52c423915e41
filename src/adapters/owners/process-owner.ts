import { readFileSync } from "node:fs";
import { hostname } from "node:os";
import process from "node:process";
import type { Owner } from "../../domain/events.ts";

/** This process, as runs remember their writer. */
export function thisProcess(): Owner {
  return { host: hostname(), pid: process.pid, processStart: processStartOf(process.pid) ?? "unknown" };
}

/** Whether a writer still lives: `unknown` for one on another machine, and where this system cannot tell. */
export function livenessOf(owner: Owner): "alive" | "gone" | "unknown" {
  if (owner.host !== hostname()) return "unknown";
  try {
    process.kill(owner.pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ESRCH") return "gone";
  }
  const started = processStartOf(owner.pid);
  if (started === undefined || owner.processStart === "unknown") return "unknown";
  // A pid is soon given to another process; the time it started tells the two apart.
  return started === owner.processStart ? "alive" : "gone";
}

/** Field 22 of `/proc/PID/stat` (proc(5)): ticks after boot. The name in field 2 may hold anything, so count from its end. */
function processStartOf(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    return stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19];
  } catch {
    return undefined;
  }
}
