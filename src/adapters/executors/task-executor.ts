import type { TaskBinding } from "../../domain/graph.ts";
import type { RunId } from "../../domain/ids.ts";
import type { StepDocument } from "../../domain/graph-document.ts";
import type { Attempt, AttemptResult, Executor } from "../../ports/executor.ts";
import { storeTaskOutput } from "./task-output.ts";
import { taskContext } from "./task-context.ts";
import { failedTask, thrownFailure } from "./task-failure.ts";
import { noUpstream, upstreamValues, type UpstreamValues } from "./task-upstream.ts";

export interface TaskExecutorOptions {
  /** The function of a step, or undefined where none is known. */
  readonly find: (run: RunId, step: StepDocument) => TaskBinding | undefined;
}

/** What a task that returns nothing gives; shared, because most tasks of a large graph return nothing. */
const nothing: Promise<AttemptResult> = Promise.resolve(
  Object.freeze({ type: "succeeded", output: Object.freeze({ value: null }) }),
);

/**
 * Runs steps of kind `task`: functions of this very process. A task that is told to stop learns it from its signal; one
 * that returns all the same has succeeded.
 */
export function taskExecutor({ find }: TaskExecutorOptions): Executor {
  return {
    kinds: ["task"],

    refuses(step, run) {
      if (find(run, step) !== undefined) return undefined;
      return `no task named ${JSON.stringify(step.task ?? step.id)} is registered with this runtime.`;
    },

    // A step that needs nothing and gives nothing must cost next to nothing: no copy, no controller, one promise.
    execute(attempt) {
      const { run, step, upstream } = attempt;
      const binding = find(run, step);
      if (binding === undefined) {
        const name = JSON.stringify(step.task ?? step.id);
        return Promise.resolve(failedTask("launch", `No task named ${name} is registered.`, true));
      }
      return upstream.length === 0 ? callTask(attempt, binding, noUpstream) : callWithUpstream(attempt, binding);
    },
  };
}

function callWithUpstream(attempt: Attempt, binding: TaskBinding): Promise<AttemptResult> {
  const found = upstreamValues(attempt, binding);
  if (found instanceof Promise) return found.then((values) => callUnlessFailed(attempt, binding, values));
  return callUnlessFailed(attempt, binding, found);
}

function callUnlessFailed(
  attempt: Attempt,
  binding: TaskBinding,
  values: UpstreamValues | AttemptResult,
): Promise<AttemptResult> {
  return "type" in values ? Promise.resolve(values) : callTask(attempt, binding, values);
}

function callTask(attempt: Attempt, binding: TaskBinding, upstream: UpstreamValues): Promise<AttemptResult> {
  const failed = (error: unknown): AttemptResult => ({
    type: "failed",
    failure: thrownFailure(error, attempt.stop.request),
  });
  try {
    const value: unknown = binding.call(upstream.needs, taskContext(attempt, upstream.after));
    if (value === undefined) return nothing;
    if (!isThenable(value)) return storeTaskOutput(attempt, value);
    return Promise.resolve(value).then(
      (settled) => (settled === undefined ? nothing : storeTaskOutput(attempt, settled)),
      failed,
    );
  } catch (error) {
    return Promise.resolve(failed(error));
  }
}

/** Promises of other realms and other makers count too. */
function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof value === "object" && value !== null && "then" in value && typeof value.then === "function";
}
