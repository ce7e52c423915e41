import type { RecordedEvent } from "../domain/events.ts";
import type { RunId, RunLife, StepId } from "../domain/ids.ts";
import type { RunState } from "../machines/run-state.ts";
import type { AttemptScope, Observer, RunBeginning, RunObserver, RunPast } from "../ports/observer.ts";
import type { RunView } from "../projections/run-view.ts";

export interface ObservationsHost {
  readonly run: RunId;
  readonly life: RunLife;
  readonly past: RunPast | undefined;
  note(code: string, message: string): void;
  failed(error: unknown): void;
}

/** The observers of one run. Each is called in its own `try`, and one that throws is called again for what comes next. */
export class Observations {
  readonly #host: ObservationsHost;
  readonly #observers: readonly RunObserver[];

  constructor(observers: readonly Observer[], host: ObservationsHost) {
    this.#host = host;
    const beginning: RunBeginning = {
      run: host.run,
      life: host.life,
      past: host.past,
      note: (code, message) => host.note(code, message),
    };
    this.#observers = observers.flatMap((observer) => this.#guard(() => observer.begin(beginning)) ?? []);
  }

  get isEmpty(): boolean {
    return this.#observers.length === 0;
  }

  next(recorded: RecordedEvent): void {
    for (const observer of this.#observers) this.#guard(() => observer.next(recorded));
  }

  /** All scopes as one: the first observer's is the outermost, and its variables win. */
  scopeOf(step: StepId, attempt: number): AttemptScope | undefined {
    let all: AttemptScope | undefined;
    for (const observer of this.#observers.toReversed()) {
      const scope = this.#guard(() => observer.scopeOf?.(step, attempt));
      if (scope === undefined) continue;
      const inner = all;
      all = {
        variables: { ...inner?.variables, ...this.#guard(() => scope.variables) },
        enter: (work) => this.#enter(scope, inner?.enter === undefined ? work : () => inner.enter!(work)),
      };
    }
    return all;
  }

  /** The work is done once, and what it gives is given, whatever a scope does before or after it. */
  #enter<Result>(scope: AttemptScope, work: () => Result): Result {
    if (scope.enter === undefined) return work();
    let done: { readonly result: Result } | { readonly thrown: unknown } | undefined;
    const once = (): Result => {
      if (done === undefined) {
        try {
          done = { result: work() };
        } catch (thrown) {
          done = { thrown };
        }
      }
      if ("thrown" in done) throw done.thrown;
      return done.result;
    };
    try {
      scope.enter(once);
    } catch (error) {
      const isOfWork = done !== undefined && "thrown" in done && done.thrown === error;
      if (!isOfWork) this.#host.failed(error);
    }
    return once();
  }

  #guard<Result>(call: () => Result): Result | undefined {
    try {
      return call();
    } catch (error) {
      this.#host.failed(error);
      return undefined;
    }
  }
}

/** What observers of a run may know of its past; undefined where it has none. */
export function pastOf(state: RunState, view: RunView, isOwn: boolean): RunPast | undefined {
  if (state.position === 0) return undefined;
  const notes = new Map<string, string>();
  for (const line of state.diagnostics) {
    const end = line.indexOf("\n");
    notes.set(line.slice(0, end), line.slice(end + 1));
  }
  // As it is now: the view goes on.
  const { graph, startedAt, steps } = view.snapshot();
  return { isOwn, graph, startedAt, step: (id) => steps.get(id), noteOf: (code) => notes.get(code) };
}
