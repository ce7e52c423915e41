import { afterEach } from "vitest";
import { systemClock } from "../../src/adapters/clocks/system-clock.ts";
import { commandExecutor, type CommandExecutorOptions } from "../../src/adapters/executors/command/command-executor.ts";
import type { AttemptResult, Executor } from "../../src/ports/executor.ts";

export type Failed = Extract<AttemptResult, { type: "failed" }>;
export type Succeeded = Extract<AttemptResult, { type: "succeeded" }>;

/** Executors that are closed when their test ends. */
export function commandExecutors(): (options?: Partial<CommandExecutorOptions>) => Executor {
  const open: Executor[] = [];
  afterEach(async () => {
    for (const executor of open.splice(0)) await executor.close?.();
  });
  return (options = {}) => {
    const executor = commandExecutor({ clock: systemClock(), ...options });
    open.push(executor);
    return executor;
  };
}

export function failed(result: AttemptResult): Failed {
  if (result.type !== "failed") throw new Error(`It succeeded: ${JSON.stringify(result.output)}`);
  return result;
}

export function succeeded(result: AttemptResult): Succeeded {
  if (result.type !== "succeeded") throw new Error(`It failed: ${JSON.stringify(result.failure)}`);
  return result;
}

/** What a command that succeeded gives as its stdout. */
export function stdoutOf(result: AttemptResult): string {
  const { value } = succeeded(result).output;
  if (typeof value === "object" && value !== null && "stdout" in value && typeof value["stdout"] === "string")
    return value["stdout"];
  throw new Error(`It is no output of a command: ${JSON.stringify(value)}`);
}
