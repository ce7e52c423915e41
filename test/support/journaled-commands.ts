import { mkdirSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** What a command wrote into the log of its step. */
export interface LoggedLine {
  readonly attempt: number;
  /** `overlap`: another attempt of the same step, or a child of it, was still there. */
  readonly what: "start" | "waiting" | "end" | "overlap";
}

/** What a step's command does between its start and its end. */
export type CommandKind = "plain" | "retried" | "once" | "stubborn" | "escaping";

const works: Readonly<Record<CommandKind, string>> = {
  plain: "sleep 0.02",
  // Fails the first time, however often it is interrupted.
  retried: 'sleep 0.01; if [ ! -e "logs/$RUNFOLD_STEP.failed" ]; then : > "logs/$RUNFOLD_STEP.failed"; exit 7; fi',
  once: "sleep 0.03",
  stubborn: "trap '' TERM HUP INT; sleep 0.04",
  // A child that leaves its group, and holds the lock no longer than its parent. Its output is its own.
  escaping: "setsid sleep 1000 9>&- </dev/null >/dev/null 2>&1 & sleep 0.02",
};

/**
 * A shell command that logs its starts and ends. It holds a lock of its step for as long as it, or a child of it, lives: whoever finds
 * the lock taken overlaps with an earlier attempt, and says so. The kernel keeps the lock, so a kill cannot leave it behind.
 */
export function loggedCommand(kind: CommandKind): string {
  return [
    'log() { echo "$RUNFOLD_ATTEMPT $1" >> "logs/$RUNFOLD_STEP"; }',
    'exec 9>> "logs/$RUNFOLD_STEP.lock"',
    "flock -n 9 || log overlap",
    "log start",
    works[kind],
    "log end",
    'echo "said by $RUNFOLD_STEP"',
  ].join("\n");
}

/** Fifty commands in five layers, each waiting for two of the layer before. */
export function fiftyCommands(): object {
  const [layers, width] = [5, 10];
  const kinds: readonly CommandKind[] = ["plain", "retried", "once", "stubborn", "plain", "escaping", "plain"];
  const steps = Array.from({ length: layers * width }, (_, number) => {
    const kind = kinds[number % kinds.length]!;
    const layer = Math.floor(number / width);
    const before = layer === 0 ? [] : [number - width, ((number + 1) % width) + (layer - 1) * width];
    return {
      id: `${kind}-${number}`,
      shell: loggedCommand(kind),
      // A step that is not run again must not keep the others from running.
      after: before.map((one) => `${kinds[one % kinds.length]}-${one}`),
      ...(kind === "retried" ? { retry: { attempts: 3, backoffSeconds: 0.02 } } : {}),
      ...(kind === "once" ? { onInterrupted: "fail" } : {}),
    };
  });
  return { name: "fifty", objective: "Survive.", steps, limits: { concurrency: 8 } };
}

export function makeLogs(directory: string): void {
  mkdirSync(join(directory, "logs"));
}

/** The logs of all steps that were ever started. */
export function logsOf(directory: string): Map<string, LoggedLine[]> {
  const logs = new Map<string, LoggedLine[]>();
  for (const step of readdirSync(join(directory, "logs"))) {
    if (step.includes(".")) continue;
    const lines = readFileSync(join(directory, "logs", step), "utf8")
      .split("\n")
      .filter(Boolean);
    logs.set(
      step,
      lines.map((line) => {
        const [attempt, what] = line.split(" ");
        return { attempt: Number(attempt), what: what as LoggedLine["what"] };
      }),
    );
  }
  return logs;
}
