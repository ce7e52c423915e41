import type { Clock } from "../../../ports/clock.ts";
import type { Executor } from "../../../ports/executor.ts";
import { parserProblem } from "../headless/parsers.ts";
import { ChildProcesses } from "../processes/child-processes.ts";
import { ExecutorProcesses } from "../processes/executor-processes.ts";
import { runCommand } from "./run-command.ts";

export interface CommandExecutorOptions {
  readonly clock: Clock;
  /** What commands may inherit from; the variables of this process where it is not given. */
  readonly environment?: NodeJS.ProcessEnv;
  /** Names of further variables that commands inherit. By itself they get PATH, HOME, the locale and the like. */
  readonly inheritVariables?: readonly string[];
  /** Shared with other executors, so that one guardian does for all; its clock counts then. Default: of its own. */
  readonly processes?: ChildProcesses;
}

/**
 * Runs steps of kind `command` and `shell` as processes of their own, on POSIX systems. A command that ends takes everything
 * it started with it, and none outlives this process, however that ends. What an agent program writes is read by the parser that
 * its step names; all of it is kept as an artifact, and the output is the agent's answer.
 */
export function commandExecutor(options: CommandExecutorOptions): Executor {
  const environment = options.environment ?? process.env;
  const inheritance = { environment, inheritVariables: options.inheritVariables ?? [] };
  const shared = options.processes ?? new ChildProcesses({ clock: options.clock, path: environment["PATH"] });
  const processes = new ExecutorProcesses(shared);
  return {
    kinds: ["command", "shell"],
    refuses: ({ parser }) =>
      process.platform === "win32"
        ? "Commands need a POSIX system."
        : parser === undefined
          ? undefined
          : parserProblem(parser),
    execute: (attempt) => processes.execute(attempt, (own) => runCommand(attempt, own, inheritance)),
    sweep: (owner) => processes.sweep(owner),
    close: () => processes.close(),
  };
}
