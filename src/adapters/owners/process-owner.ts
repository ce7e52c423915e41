import { readFileSync, readlinkSync } from "node:fs";
import { hostname } from "node:os";
import process from "node:process";
import type { Owner } from "../../domain/events.ts";

/** As many characters of the boot's id as tell the boots of one machine apart. */
const bootIdChars = 8;

/**
 * This process, as runs remember their writer. `processStart` is `81523/4026531836/1f2e3d4c`: ticks from the boot to its start,
 * its pid namespace, and the boot. It is `unknown` on systems that tell no such thing.
 */
export function thisProcess(): Owner {
  const ticks = statOf("self")?.startTicks;
  const place = pidPlace();
  const processStart = ticks === undefined ? "unknown" : place === undefined ? ticks : `${ticks}/${place}`;
  return { host: hostname(), pid: process.pid, processStart };
}

/**
 * Whether a writer still lives: `unknown` for one on another machine, in another pid namespace or of another boot, where its pid
 * may be anybody's, and where this system cannot tell. One that has ended, and waits for its parent to notice, is `gone`.
 */
export function livenessOf(owner: Owner): "alive" | "gone" | "unknown" {
  if (owner.host !== hostname()) return "unknown";
  const [startTicks, ...placeParts] = owner.processStart.split("/");
  // Journals of earlier versions have the ticks alone.
  if (placeParts.length > 0 && placeParts.join("/") !== pidPlace()) return "unknown";
  try {
    process.kill(owner.pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ESRCH") return "gone";
  }
  if (owner.processStart === "unknown" || !showsOwnPids()) return "unknown";
  const stat = statOf(owner.pid);
  if (stat === undefined) return "unknown";
  // A pid is soon given to another process; the time it started tells the two apart.
  return stat.hasEnded || stat.startTicks !== startTicks ? "gone" : "alive";
}

/** Where this process's pids mean something: its pid namespace and the boot. Undefined where the system does not tell. */
function pidPlace(): string | undefined {
  try {
    const namespace = /\d+/.exec(readlinkSync("/proc/self/ns/pid"))?.[0];
    const boot = readFileSync("/proc/sys/kernel/random/boot_id", "latin1").slice(0, bootIdChars);
    return namespace === undefined ? undefined : `${namespace}/${boot}`;
  } catch {
    return undefined;
  }
}

/** Whether `/proc` counts pids as this process does. A new pid namespace may still see the `/proc` of the one around it. */
function showsOwnPids(): boolean {
  try {
    return readlinkSync("/proc/self") === String(process.pid);
  } catch {
    return false;
  }
}

/**
 * Fields 3 and 22 of `/proc/PID/stat` (proc(5)): whether the process is a zombie or dead, and when it started, in ticks after boot.
 * The name in field 2 may hold anything, so count from its end.
 */
function statOf(pid: number | "self"): { readonly hasEnded: boolean; readonly startTicks: string } | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
    const [state = "", ...rest] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    const startTicks = rest[18];
    return startTicks === undefined ? undefined : { hasEnded: /^[ZXx]$/.test(state), startTicks };
  } catch {
    return undefined;
  }
}
