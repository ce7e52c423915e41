import { taskExecutor } from "../../src/adapters/executors/task-executor.ts";
import type { TaskBinding } from "../../src/domain/graph.ts";
import type { Attempt, AttemptResult } from "../../src/ports/executor.ts";
import { fakeAttempt } from "./fake-attempt.ts";

interface Context {
  readonly signal: AbortSignal;
  readonly progress: (message: string, fraction?: number) => void;
  readonly after: Record<string, { status: string; output?: unknown; failure?: { message: string } }>;
  readonly run: string;
  readonly step: string;
  readonly attempt: number;
}
type Call = (needs: Record<string, unknown>, context: Context) => unknown;

/** Runs one attempt of a task that is this function. */
export function runTask(
  call: Call,
  attempt: Attempt = fakeAttempt({ task: "t" }),
  names: Partial<TaskBinding> = {},
): Promise<AttemptResult> {
  const binding: TaskBinding = { call, ...names };
  return taskExecutor({ find: () => binding }).execute(attempt);
}
