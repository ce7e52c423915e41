import { type ChildProcess, spawn, type SpawnOptions } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const repository = fileURLToPath(new URL("../../..", import.meta.url));

export interface Fixture {
  readonly process: ChildProcess;
  /** What it prints, line by line. */
  readonly lines: AsyncIterator<string>;
  /** Resolves when it is gone and everything that it printed has arrived, with the lines that were not read before. */
  ended(): Promise<readonly string[]>;
}

/** Runs a fixture of this suite as another process, below `prefix` where given (a program and its first arguments). */
export function startFixture(name: string, args: readonly string[], prefix: readonly string[] = []): Fixture {
  const file = fileURLToPath(new URL(`fixtures/${name}`, import.meta.url));
  const [program = "", ...rest] = [...prefix, process.execPath, "--import", "tsx", file, ...args];
  const options: SpawnOptions = { cwd: repository, stdio: ["ignore", "pipe", "inherit"] };
  const child = spawn(program, rest, options);
  const gone = once(child, "close");
  const lines = createInterface({ input: child.stdout! })[Symbol.asyncIterator]();
  return {
    process: child,
    lines,
    async ended() {
      const left: string[] = [];
      for (let line = await lines.next(); line.done !== true; line = await lines.next()) left.push(line.value);
      await gone;
      return left;
    },
  };
}
