import type { WorkKind } from "../../domain/graph-document.ts";
import type { RunId, StepId } from "../../domain/ids.ts";
import type { Json } from "../../domain/json.ts";
import type { Failure } from "../../domain/failure.ts";
import type { Attempt, AttemptResult, Executor, StopRequest } from "../../ports/executor.ts";

/** An attempt in the hands of a test. */
export interface ScriptedAttempt {
  readonly run: RunId;
  readonly step: StepId;
  readonly number: number;
  /** The attempt as the runtime gave it: its upstream, its deadline, its artifacts. */
  readonly attempt: Attempt;
  /** Every request to stop so far, oldest first. */
  readonly stops: readonly StopRequest[];
  readonly isRunning: boolean;
  /** Ends the attempt. Whoever ends it first decides; ending it again does nothing. */
  end(result: AttemptResult): void;
  /** Breaks the contract: the executor's promise rejects. */
  break(error: unknown): void;
}

export interface ScriptedExecutorOptions {
  /** Default: all kinds, so that no test ever runs anything real. */
  readonly kinds?: readonly WorkKind[];
  /** Is told of each attempt as it starts; may end it right away. */
  readonly started?: (attempt: ScriptedAttempt) => void;
  /**
   * What an attempt does when it is told to stop. `honour` (default) ends it as aborted, `ignore` lets it run on until the test
   * ends it; a function is told of the request and may end the attempt, now or later.
   */
  readonly stops?: "honour" | "ignore" | ((attempt: ScriptedAttempt, request: StopRequest) => void);
}

/**
 * An executor whose attempts end when the test says so, with what the test says. It does nothing by itself and takes no time.
 */
export interface ScriptedExecutor extends Executor {
  /** Attempts that have started and not ended, in the order of their start. */
  readonly running: readonly ScriptedAttempt[];
  /** All attempts ever, in the order of their start. */
  readonly attempts: readonly ScriptedAttempt[];
  /**
   * Ends the attempt of a step that is running; of several runs, the one that started first, unless `run` names another.
   * @throws `Error` when no attempt of that step is running.
   */
  end(step: StepId, result: AttemptResult, run?: RunId): void;
  /** Lets the attempt of a step tell something: text on its `stdout`. */
  progress(step: StepId, text: string, run?: RunId): void;
}

export function scriptedExecutor(options: ScriptedExecutorOptions = {}): ScriptedExecutor {
  const { kinds = ["command", "shell", "task", "agent"], started, stops = "honour" } = options;
  const attempts: Scripted[] = [];
  const running = new Set<Scripted>();
  const find = (step: StepId, run: RunId | undefined): ScriptedAttempt => {
    for (const attempt of running) {
      if (attempt.step === step && (run === undefined || attempt.run === run)) return attempt;
    }
    const names = Array.from(running, (attempt) => attempt.step).join(", ");
    throw new Error(`No attempt of step ${step} is running; these are: ${names || "none"}.`);
  };
  return {
    kinds,
    get running() {
      return [...running];
    },
    get attempts() {
      return attempts;
    },
    end: (step, result, run) => find(step, run).end(result),
    progress: (step, text, run) => find(step, run).attempt.text("stdout", text),
    execute: (attempt) =>
      new Promise((resolve, reject) => {
        const scripted = new Scripted(attempt, resolve, reject, () => running.delete(scripted));
        attempts.push(scripted);
        running.add(scripted);
        attempt.stop.onRequest((request) => {
          scripted.stops.push(request);
          if (stops === "honour") scripted.end(failed("It was told to stop.", { kind: "aborted" }));
          else if (stops !== "ignore") stops(scripted, request);
        });
        started?.(scripted);
      }),
  };
}

class Scripted implements ScriptedAttempt {
  readonly run: RunId;
  readonly step: StepId;
  readonly number: number;
  readonly attempt: Attempt;
  readonly stops: StopRequest[] = [];
  readonly #resolve: (result: AttemptResult) => void;
  readonly #reject: (error: unknown) => void;
  readonly #ended: () => void;
  isRunning = true;

  constructor(
    attempt: Attempt,
    resolve: (result: AttemptResult) => void,
    reject: (error: unknown) => void,
    ended: () => void,
  ) {
    this.run = attempt.run;
    this.step = attempt.step.id;
    this.number = attempt.number;
    this.attempt = attempt;
    this.#resolve = resolve;
    this.#reject = reject;
    this.#ended = ended;
  }

  end(result: AttemptResult): void {
    this.#over();
    this.#resolve(result);
  }

  break(error: unknown): void {
    this.#over();
    this.#reject(error);
  }

  #over(): void {
    this.isRunning = false;
    this.#ended();
  }
}

/** The result of work that went well. */
export function succeeded(value: Json = null): AttemptResult {
  return { type: "succeeded", output: { value } };
}

/** The result of work that went wrong; with `final: true`, of work that need not be tried again. */
export function failed(message = "It failed.", failure: Partial<Failure> = {}): AttemptResult {
  return { type: "failed", failure: { kind: "thrown", message, ...failure } };
}
