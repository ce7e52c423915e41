import { randomBytes } from "node:crypto";
import type { Clock } from "../../../ports/clock.ts";
import type { AttemptResult, Executor } from "../../../ports/executor.ts";
import { CommandStop } from "./command-stop.ts";
import { Guardian } from "./guardian.ts";
import { MarkedProcesses } from "./marked-processes.ts";
import { endOrphans } from "./orphans.ts";
import { runCommand, type CommandTools } from "./run-command.ts";

export interface CommandExecutorOptions {
  readonly clock: Clock;
  /** What commands may inherit from; the variables of this process where it is not given. */
  readonly environment?: NodeJS.ProcessEnv;
  /** Names of further variables that commands inherit. By itself they get PATH, HOME, the locale and the like. */
  readonly inheritVariables?: readonly string[];
}

/**
 * Runs steps of kind `command` and `shell` as processes of their own, on POSIX systems. A command that ends takes everything
 * it started with it, and none outlives this process, however that ends.
 */
export function commandExecutor(options: CommandExecutorOptions): Executor {
  const environment = options.environment ?? process.env;
  const mark = randomBytes(12).toString("hex");
  const guardian = new Guardian(mark, environment["PATH"]);
  const tools: CommandTools = {
    clock: options.clock,
    environment,
    inheritVariables: options.inheritVariables ?? [],
    guardian,
    marked: new MarkedProcesses(mark),
  };
  const live = new Map<CommandStop, Promise<AttemptResult>>();
  /** A run may end before its sweep does, when nothing of it is run again. */
  const sweeps = new Set<Promise<unknown>>();
  let started = 0;
  let isClosed = false;

  return {
    kinds: ["command", "shell"],

    refuses: () => (process.platform === "win32" ? "Commands need a POSIX system." : undefined),

    async execute(attempt) {
      if (isClosed) throw new Error("the executor of commands is closed");
      const stop = new CommandStop(options.clock, attempt.stop);
      const work = runCommand(attempt, stop, `${mark}-${++started}`, tools);
      live.set(stop, work);
      try {
        return await work;
      } finally {
        live.delete(stop);
      }
    },

    async sweep(owner) {
      const sweep = endOrphans(owner).finally(() => sweeps.delete(sweep));
      sweeps.add(sweep);
      await sweep;
    },

    async close() {
      isClosed = true;
      for (const stop of live.keys()) stop.make({ cause: "canceled", graceMs: 0, force: true });
      await Promise.allSettled([...live.values(), ...sweeps]);
      // What left its group under a command that ended well was let be until now.
      if (started > 0) await tools.marked.end().catch(() => undefined);
      await guardian.close();
    },
  };
}
