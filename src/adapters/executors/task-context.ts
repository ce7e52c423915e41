import type { TaskContext } from "../../domain/graph.ts";
import type { Attempt, StopRequest } from "../../ports/executor.ts";

/** What a task is called with besides its needs. `after` is what {@link TaskContext.after} shows. */
export function taskContext(attempt: Attempt, after: never): TaskContext<never> {
  return new AttemptContext(attempt, after);
}

/**
 * The signal and the progress function are made when they are first asked for: a controller costs more than everything else
 * that a small task causes.
 */
class AttemptContext implements TaskContext<never> {
  readonly after: never;
  readonly #attempt: Attempt;
  #controller: AbortController | undefined;
  #progress: TaskContext<never>["progress"] | undefined;

  constructor(attempt: Attempt, after: never) {
    this.#attempt = attempt;
    this.after = after;
  }

  get run(): string {
    return this.#attempt.run;
  }

  get step(): string {
    return this.#attempt.step.id;
  }

  get attempt(): number {
    return this.#attempt.number;
  }

  get signal(): AbortSignal {
    if (this.#controller === undefined) {
      const controller = new AbortController();
      this.#controller = controller;
      this.#attempt.stop.onRequest((request) => {
        if (!controller.signal.aborted) controller.abort(abortReason(request));
      });
    }
    return this.#controller.signal;
  }

  /** A function of its own, because tasks take it out of the context. */
  get progress(): TaskContext<never>["progress"] {
    this.#progress ??= (message, fraction) => {
      if (fraction === undefined || Number.isNaN(fraction)) this.#attempt.note(message);
      else this.#attempt.note(message, Math.min(1, Math.max(0, fraction)));
    };
    return this.#progress;
  }
}

/** Named as the platform names them, so that code which knows `AbortError` and `TimeoutError` works unchanged. */
function abortReason({ cause }: StopRequest): Error {
  const timedOut = cause === "timedOut";
  const reason = new Error(timedOut ? "The step passed its deadline." : `The step was told to stop: ${cause}.`);
  reason.name = timedOut ? "TimeoutError" : "AbortError";
  return reason;
}
