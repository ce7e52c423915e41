import { spawn, type ChildProcessWithoutNullStreams } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach } from "vitest";
import { commandLine } from "../support/built-command.ts";
import { proveJournals } from "./proven-journals.ts";

export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface StartOptions {
  readonly env?: Readonly<Record<string, string>>;
  /** Given on standard input, which is then closed. */
  readonly input?: string;
  /** Whether standard input stays open after that, for more. */
  readonly holdsInput?: true;
  /** A program that starts the command, with its arguments: `prlimit`, `script`. */
  readonly through?: readonly string[];
  /** What is started in place of the command, because it starts the command itself. */
  readonly instead?: readonly string[];
}

/** A command that runs, with what it has written so far. */
export interface RunningCommand {
  readonly child: ChildProcessWithoutNullStreams;
  /** Resolves when its output, on either stream, holds a text; rejects when it ends without. */
  until(text: string): Promise<void>;
  readonly ended: Promise<Ended>;
}

/** A directory of its own for each test, with what is needed to run the command in it. */
export class Workplace {
  readonly directory = mkdtempSync(join(tmpdir(), "runfold-cli-"));
  readonly #children = new Set<ChildProcessWithoutNullStreams>();
  readonly #excused = new Set<string>();

  /** Says of a file in this directory that it is no journal that could be proven, because the test made it so. */
  excuse(database: string): void {
    this.#excused.add(database);
  }

  path(name: string): string {
    return join(this.directory, name);
  }

  /** Writes a graph of the given steps; returns its path. */
  graph(name: string, steps: readonly object[], rest: object = {}): string {
    const path = this.path(`${name}.json`);
    writeFileSync(path, JSON.stringify({ name, objective: "Try the command.", steps, ...rest }));
    return path;
  }

  start(args: readonly string[], options: StartOptions = {}): RunningCommand {
    const line = options.instead ?? [...(options.through ?? []), ...commandLine, ...args];
    const [program = "", ...rest] = line;
    const child = spawn(program, rest, {
      cwd: this.directory,
      // Only what every shell has: no colours, no terminal and no test runner around it.
      env: { PATH: process.env["PATH"], HOME: this.directory, TMPDIR: tmpdir(), ...options.env },
    });
    this.#children.add(child);
    child.stdin.on("error", () => undefined);
    if (options.holdsInput === true) child.stdin.write(options.input ?? "");
    else child.stdin.end(options.input ?? "");
    return watched(child);
  }

  run(args: readonly string[], options?: StartOptions): Promise<Ended> {
    return this.start(args, options).ended;
  }

  async json(args: readonly string[]): Promise<Record<string, unknown>> {
    const { stdout } = await this.run([...args, "--json"]);
    const lines = jsonLines(stdout);
    const last = lines.at(-1);
    if (last === undefined) throw new Error(`It printed nothing: ${args.join(" ")}`);
    return last;
  }

  /**
   * Clears the place away, once every journal that was written in it has been decided again.
   * @throws Error for one that is not as recorded.
   */
  async close(): Promise<void> {
    for (const child of this.#children) if (child.exitCode === null && child.signalCode === null) child.kill("SIGKILL");
    try {
      await proveJournals(this.directory, this.#excused);
    } finally {
      rmSync(this.directory, { recursive: true, force: true, maxRetries: 10 });
    }
  }
}

export function jsonLines(text: string): Record<string, unknown>[] {
  return text
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line));
}

/** Workplaces that are cleared away when their test ends. */
export function workplaces(): () => Workplace {
  const open: Workplace[] = [];
  afterEach(async () => {
    // Each of them, whatever was found in those before.
    const closed = await Promise.allSettled(open.splice(0).map((place) => place.close()));
    for (const one of closed) if (one.status === "rejected") throw one.reason;
  });
  return () => {
    const place = new Workplace();
    open.push(place);
    return place;
  };
}

function watched(child: ChildProcessWithoutNullStreams): RunningCommand {
  const written = { stdout: "", stderr: "" };
  let waiting: (() => boolean)[] = [];
  for (const name of ["stdout", "stderr"] as const) {
    child[name].setEncoding("utf8").on("data", (text: string) => {
      written[name] += text;
      waiting = waiting.filter((isStillWaiting) => isStillWaiting());
    });
  }
  const ended = new Promise<Ended>((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code, signal) => resolve({ code, signal, ...written }));
  });
  return {
    child,
    ended,
    until: (text) =>
      new Promise((resolve, reject) => {
        const isMissing = (): boolean => {
          if (!written.stdout.includes(text) && !written.stderr.includes(text)) return true;
          resolve();
          return false;
        };
        if (isMissing()) waiting.push(isMissing);
        ended.then(
          () => reject(new Error(`It ended without ${JSON.stringify(text)}:\n${written.stdout}\n${written.stderr}`)),
          reject,
        );
      }),
  };
}
