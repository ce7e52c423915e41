import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { Writable, type Readable } from "node:stream";
import type { Environment } from "./environment.ts";
import type { Guardian } from "./guardian.ts";
import { signalGroup } from "./process-group.ts";

export interface Launch {
  /** The program as an absolute path, and its arguments. */
  readonly argv: readonly string[];
  readonly cwd: string;
  readonly environment: Environment;
  /** Its stdin: empty, or a pipe that it can be written to. */
  readonly stdin: "none" | "pipe";
  /** Begins the messages of the gate, by which they can be told from the program's own. */
  readonly gateName: string;
}

export interface ProcessExit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

export interface GuardedProcess {
  /** Also the number of its process group. */
  readonly pid: number;
  /** Undefined where its stdin is empty. */
  readonly stdin: Writable | undefined;
  readonly stdout: Readable;
  readonly stderr: Readable;
  readonly exited: Promise<ProcessExit>;
  /** How it ended; undefined while it runs. */
  readonly exit: ProcessExit | undefined;
  /** Lets this process end without waiting for that one. */
  abandon(): void;
}

/**
 * The gate: the process waits for a line before it becomes the program, so that the guardian knows it before it can do
 * anything. If this process dies first, the read finds the end and the gate closes for good. Neither the line's descriptor nor
 * its variable reach the program, and its stdin is left to it untouched.
 */
const gateScript = 'read -r RUNFOLD_GATE <&3 && unset RUNFOLD_GATE && exec 3<&- && exec "$@"';

/**
 * Starts a program at the head of a session and process group of its own, known to the guardian.
 * @throws Error saying why nothing was started
 */
export async function spawnGuarded(launch: Launch, guardian: Guardian): Promise<GuardedProcess> {
  const child = spawn("/bin/sh", ["-c", gateScript, launch.gateName, ...launch.argv], {
    cwd: launch.cwd,
    env: launch.environment,
    stdio: [launch.stdin === "pipe" ? "pipe" : "ignore", "pipe", "pipe", "pipe"],
    detached: true,
  });
  const { pid, stdin, stdout, stderr } = child;
  if (pid === undefined || stdout === null || stderr === null) {
    const [error] = await once(child, "error");
    throw error;
  }
  const guarded = new Started(child, pid, stdin ?? undefined, stdout, stderr);
  const gate = child.stdio[3];
  gate?.on("error", () => undefined);
  try {
    await guardian.watch(pid);
  } catch (error) {
    signalGroup(pid, "SIGKILL");
    throw error;
  }
  if (gate instanceof Writable) gate.end("go\n", () => gate.destroy());
  return guarded;
}

/** Listens from the very beginning: an event that came before its listener would be lost, an error without one fatal. */
class Started implements GuardedProcess {
  readonly pid: number;
  readonly stdin: Writable | undefined;
  readonly stdout: Readable;
  readonly stderr: Readable;
  readonly exited: Promise<ProcessExit>;
  exit: ProcessExit | undefined;
  private readonly child: ChildProcess;

  constructor(child: ChildProcess, pid: number, stdin: Writable | undefined, stdout: Readable, stderr: Readable) {
    this.child = child;
    this.pid = pid;
    this.stdin = stdin;
    this.stdout = stdout;
    this.stderr = stderr;
    for (const emitter of [child, stdin, stdout, stderr]) emitter?.on("error", () => undefined);
    this.exited = new Promise((resolve) => {
      child.once("exit", (code, signal) => {
        this.exit = { code, signal };
        resolve(this.exit);
      });
    });
  }

  abandon(): void {
    this.child.unref();
  }
}
