import { afterEach } from "vitest";
import { systemClock } from "../../src/adapters/clocks/system-clock.ts";
import type { AttemptProcesses } from "../../src/adapters/executors/processes/attempt-processes.ts";
import { ChildProcesses } from "../../src/adapters/executors/processes/child-processes.ts";
import { ExecutorProcesses } from "../../src/adapters/executors/processes/executor-processes.ts";
import type { JsonRecord } from "../../src/adapters/executors/processes/record-reader.ts";
import { ProcessRecordChild } from "../../src/adapters/executors/processes/record-child.ts";
import type { Launch } from "../../src/adapters/executors/processes/spawn-guarded.ts";
import { eventually } from "./eventually.ts";
import { fakeAttempt, type FakeAttempt } from "./fake-attempt.ts";

export interface StartedChild {
  readonly child: ProcessRecordChild;
  readonly processes: AttemptProcesses;
  readonly attempt: FakeAttempt;
  readonly diagnostic: FakeAttempt["diagnostic"];
  /** What it has written so far, once `listen` was called. */
  readonly records: JsonRecord[];
  listen(): void;
  /** Resolves when it has written so many records. */
  written(count: number): Promise<void>;
}

/** Starts children that are spoken to in records; each of them is ended with its test. */
export function recordChildren(): (argv: readonly string[], options?: Partial<Launch>) => Promise<StartedChild> {
  const open: ExecutorProcesses[] = [];
  const ends: (() => void)[] = [];
  afterEach(async () => {
    for (const end of ends.splice(0)) end();
    for (const executor of open.splice(0)) await executor.close();
  });
  return (argv, options = {}) => {
    const executor = new ExecutorProcesses(new ChildProcesses({ clock: systemClock() }));
    open.push(executor);
    const attempt = fakeAttempt({});
    return new Promise((resolve, reject) => {
      const isOver = new Promise<void>((end) => ends.push(end));
      const work = executor.execute(attempt, async (processes) => {
        const environment = { PATH: process.env["PATH"] ?? "" };
        const launch: Omit<Launch, "gateName"> = { argv, cwd: process.cwd(), environment, stdin: "pipe", ...options };
        const started = startedChild(attempt, processes, await processes.start(launch));
        resolve(started);
        await isOver;
        killGroup(started.child.pid);
        await started.child.drained;
        started.child.detach();
        await processes.endEscaped();
      });
      work.catch(reject);
    });
  };
}

function startedChild(
  attempt: FakeAttempt,
  processes: AttemptProcesses,
  process: ConstructorParameters<typeof ProcessRecordChild>[0],
): StartedChild {
  const diagnostic: FakeAttempt["diagnostic"] = (...told) => attempt.diagnostic(...told);
  const child = new ProcessRecordChild(process, { clock: processes.clock, diagnostic });
  const records: JsonRecord[] = [];
  return {
    child,
    processes,
    attempt,
    diagnostic,
    records,
    listen: () => child.onRecord((record) => void records.push(record)),
    written: (count) => eventually(() => records.length >= count, `it writes ${count} records`),
  };
}

function killGroup(group: number): void {
  try {
    process.kill(-group, "SIGKILL");
  } catch {
    // It has ended.
  }
}
