import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { afterEach } from "vitest";
import type { Event, RuntimeOptions } from "runfold";

const program = fileURLToPath(new URL("run-owner.mjs", import.meta.url));

/** What a run's owner says, one line at a time. */
export interface OwnerLine {
  readonly did?: "open" | "start" | "resume" | "close";
  readonly run?: string;
  readonly position?: number;
  readonly at?: number;
  readonly event?: Event;
  readonly ended?: string;
  readonly resumed?: { readonly refused?: string; readonly epoch: number; readonly isMine: boolean };
  readonly waitFailed?: { readonly code: string };
  readonly outcomeFailed?: { readonly code: string };
  readonly eventsFailed?: { readonly code: string };
  readonly diagnostic?: string;
  readonly broken?: { readonly code: string; readonly message: string };
}

/** What a run's owner is told. */
export interface OwnerOrder {
  readonly graphs?: Readonly<Record<string, object>>;
  /** Says of the runs that are started now how they ended alone. */
  readonly isQuiet?: boolean;
  readonly resumes?: readonly string[];
  readonly force?: boolean;
  readonly follow?: readonly string[];
  readonly cancel?: string;
  readonly close?: boolean;
}

export interface OwnerOptions {
  readonly db: string;
  /** Where its commands run. */
  readonly root: string;
  readonly options?: Pick<RuntimeOptions, "recover" | "abortGraceMs" | "agents">;
  /** A program that starts it, with its arguments. */
  readonly through?: readonly string[];
  /** What it is told first. */
  readonly order?: OwnerOrder;
}

/** A process of its own that owns runs, and is killed when the test is over. */
export class RunOwner {
  readonly lines: OwnerLine[] = [];
  readonly exited: Promise<void>;
  readonly #child;
  readonly #waiting = new Set<() => void>();
  #hasExited = false;
  #isGuardianKilled = false;

  constructor({ db, root, options = {}, through = [], order }: OwnerOptions) {
    const [file, ...args] = [...through, process.execPath, program, JSON.stringify({ db, root, options })];
    this.#child = spawn(file, args, { cwd: root, stdio: ["pipe", "pipe", "inherit"] });
    this.#child.stdin.on("error", () => undefined);
    if (order !== undefined) this.tell(order);
    createInterface({ input: this.#child.stdout }).on("line", (line) => {
      this.lines.push(JSON.parse(line));
      this.#look();
    });
    this.exited = new Promise((resolve) => {
      this.#child.on("close", () => {
        this.#hasExited = true;
        this.#look();
        resolve();
      });
    });
  }

  get pid(): number {
    return this.#child.pid!;
  }

  get hasExited(): boolean {
    return this.#hasExited;
  }

  get isGuardianKilled(): boolean {
    return this.#isGuardianKilled;
  }

  tell(order: OwnerOrder): void {
    this.#child.stdin.write(`${JSON.stringify(order)}\n`);
  }

  /** The events that it said of a run, in its order. */
  eventsOf(run: string): Event[] {
    return this.lines.flatMap((line) => (line.run === run && line.event !== undefined ? [line.event] : []));
  }

  /** The first line for which this holds, past or to come. Rejects when the process ends without. */
  async until(holds: (line: OwnerLine) => boolean): Promise<OwnerLine> {
    const found = await this.#find(holds);
    if (found === undefined) throw new Error(`It ended without that line: ${JSON.stringify(this.lines.slice(-20))}`);
    return found;
  }

  /** Waits for so many lines about events, or for the process's end; then so many milliseconds more. */
  async untilEvents(count: number, moreMs: number): Promise<void> {
    let seen = 0;
    await this.#find(({ event }) => event !== undefined && ++seen >= count);
    if (!this.#hasExited) await Promise.race([delay(moreMs), this.exited]);
  }

  /** As much time as it takes, or the process's end. */
  async untilAged(ms: number): Promise<void> {
    await Promise.race([delay(ms), this.exited]);
  }

  signal(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  async kill(): Promise<void> {
    this.#child.kill("SIGKILL");
    await this.exited;
  }

  /**
   * Kills it and first, while it stands still and so cannot start another one, the guardian of its commands. What they run is then
   * left to itself.
   */
  async killWithGuardian(): Promise<void> {
    this.#isGuardianKilled = true;
    this.#child.kill("SIGSTOP");
    for (const guardian of guardiansOf(this.pid)) process.kill(guardian, "SIGKILL");
    await this.kill();
  }

  async close(): Promise<void> {
    this.tell({ close: true });
    await this.exited;
  }

  #look(): void {
    for (const look of this.#waiting) look();
  }

  #find(holds: (line: OwnerLine) => boolean): Promise<OwnerLine | undefined> {
    let next = 0;
    return new Promise((resolve) => {
      const look = (): void => {
        while (next < this.lines.length) {
          const line = this.lines[next++]!;
          if (!holds(line)) continue;
          this.#waiting.delete(look);
          resolve(line);
          return;
        }
        if (!this.#hasExited) return;
        this.#waiting.delete(look);
        resolve(undefined);
      };
      this.#waiting.add(look);
      look();
    });
  }
}

/** Linux alone tells the children of a process. */
function guardiansOf(owner: number): number[] {
  try {
    const children = readFileSync(`/proc/${owner}/task/${owner}/children`, "latin1").split(" ").filter(Boolean);
    return children
      .map(Number)
      .filter((child) => readFileSync(`/proc/${child}/cmdline`, "latin1").includes("runfold-guardian"));
  } catch {
    return [];
  }
}

/** Starts owners that are killed when their test ends. */
export function runOwners(): (options: OwnerOptions) => RunOwner {
  const open: RunOwner[] = [];
  afterEach(async () => {
    for (const owner of open.splice(0)) await owner.kill();
  });
  return (options) => {
    const owner = new RunOwner(options);
    open.push(owner);
    return owner;
  };
}
