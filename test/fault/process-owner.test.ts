import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { hostname } from "node:os";
import { fileURLToPath } from "node:url";
import { describe, expect, onTestFinished, test } from "vitest";
import { livenessOf, thisProcess } from "../../src/adapters/owners/process-owner.ts";
import type { Owner } from "../../src/domain/events.ts";
import { needs, type Capability } from "../conformance/journal/harness.ts";
import { eventually } from "../support/eventually.ts";
import { showsProcesses } from "../support/processes.ts";

const fixture = fileURLToPath(new URL("../support/liveness-main.ts", import.meta.url));
const newNamespace = ["--pid", "--fork", "--kill-child"];
const canUnshare: Capability =
  spawnSync("unshare", [...newNamespace, "--mount-proc", "true"]).status === 0 ||
  "unshare is not there, or not permitted";

function started(file: string, ...args: string[]): ChildProcess {
  const child = spawn(file, args, { stdio: ["ignore", "pipe", "inherit"] });
  onTestFinished(async () => {
    child.kill("SIGKILL");
    if (child.exitCode === null && child.signalCode === null) await once(child, "close");
  });
  return child;
}

/** An owner of this machine and boot, as it would name itself. */
function ownerOf(pid: number): Owner {
  const [, ...place] = thisProcess().processStart.split("/");
  return { host: hostname(), pid, processStart: [statOf(pid)[19], ...place].join("/") };
}

/** The fields after the name. */
function statOf(pid: number): readonly string[] {
  const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
  return stat.slice(stat.lastIndexOf(")") + 2).split(" ");
}

function nameOf(pid: number): string {
  return readFileSync(`/proc/${pid}/comm`, "latin1").trim();
}

describe.runIf(showsProcesses)("a run's owner", () => {
  test("names when it started, in which pid namespace, and the boot", () => {
    const { host, pid, processStart } = thisProcess();
    expect({ host, pid }).toEqual({ host: hostname(), pid: process.pid });
    expect(processStart).toMatch(/^\d+\/\d+\/[0-9a-f]{8}$/);
    expect(livenessOf(thisProcess())).toBe("alive");
  });

  test("is alive until it is killed", async () => {
    const child = started("sleep", "1000");
    const owner = ownerOf(child.pid!);
    expect(livenessOf(owner)).toBe("alive");
    child.kill("SIGKILL");
    await once(child, "close");
    expect(livenessOf(owner)).toBe("gone");
  });

  test("is gone when it has ended and its parent has not noticed", async () => {
    // What takes the shell's place knows nothing of its child, and waits for none.
    const parent = started("sh", "-c", "sleep 1000 & echo $!; exec sleep 1000");
    const [line] = (await once(parent.stdout!, "data")) as [Buffer];
    const pid = Number(line.toString());
    const owner = ownerOf(pid);
    await eventually(() => nameOf(parent.pid!) === "sleep", "a parent that does not wait");
    expect(livenessOf(owner)).toBe("alive");
    process.kill(pid, "SIGKILL");
    await eventually(() => statOf(pid)[0] === "Z", "a zombie");
    expect(livenessOf(owner)).toBe("gone");
  });

  test("is gone when its pid is another's by now", () => {
    const [, ...place] = thisProcess().processStart.split("/");
    expect(livenessOf({ ...thisProcess(), processStart: ["1", ...place].join("/") })).toBe("gone");
  });

  test("is known by its start alone in journals of earlier versions", () => {
    const [ticks = ""] = thisProcess().processStart.split("/");
    expect(livenessOf({ ...thisProcess(), processStart: ticks })).toBe("alive");
    expect(livenessOf({ ...thisProcess(), processStart: `${ticks}0` })).toBe("gone");
  });

  test("is unknown in another pid namespace, of another boot, on another machine, or without its start", () => {
    const self = thisProcess();
    const [ticks = "", namespace = "", boot = ""] = self.processStart.split("/");
    const others: Owner[] = [
      { ...self, processStart: `${ticks}/${namespace}1/${boot}` },
      { ...self, processStart: `${ticks}/${namespace}/00000000` },
      { ...self, host: "elsewhere" },
      { ...self, processStart: "unknown" },
      // Nobody here has such a pid, but that says nothing of there.
      { host: self.host, pid: 2 ** 22 + 1, processStart: `${ticks}/${namespace}1/${boot}` },
    ];
    expect(others.map(livenessOf)).toEqual(others.map(() => "unknown"));
  });

  test("cannot be looked at from another pid namespace, whose processes know themselves", (context) => {
    needs(context, canUnshare);
    expect(inNamespace("--mount-proc")).toEqual({ liveness: "unknown", self: "alive" });
  });

  test("cannot be told from others where /proc counts pids of another namespace", (context) => {
    needs(context, canUnshare);
    expect(inNamespace()).toEqual({ liveness: "unknown", self: "unknown" });
  });
});

/** What a process in a pid namespace of its own says of this one. */
function inNamespace(...options: string[]): unknown {
  const program = [process.execPath, "--import", "tsx", fixture, JSON.stringify(thisProcess())];
  const { stdout, stderr } = spawnSync("unshare", [...newNamespace, ...options, ...program], { encoding: "utf8" });
  if (stdout === "") throw new Error(stderr);
  return JSON.parse(stdout);
}
