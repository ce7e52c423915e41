import type { GraphDocument } from "./graph-document.ts";
import type { StepId } from "./ids.ts";

/**
 * An immutable DAG that passed every check: from `defineGraph` in code, or from `parseGraph` for JSON.
 *
 * `document` is all of it as JSON. `tasks` holds what JSON cannot: the functions of steps that were defined in code.
 */
export interface Graph {
  readonly document: GraphDocument;
  readonly tasks: ReadonlyMap<StepId, TaskBinding>;
}

/** A function that a step runs, with the names under which it knows the steps that it depends on. */
export interface TaskBinding {
  readonly call: TaskFunction;
  /** Local name to step id. Absent for a task that was registered by name: it knows its dependencies by their ids. */
  readonly needs?: ReadonlyMap<string, StepId>;
  readonly after?: ReadonlyMap<string, StepId>;
}

/** A task as the engine calls it; `task` gives the same thing exact types. */
export type TaskFunction = (needs: never, context: TaskContext<never>) => unknown;

export interface TaskContext<After> {
  /** Aborts when the step is to stop: canceled, out of time, or the run is.. */
  readonly signal: AbortSignal;
  /** Tells how far the work is; shown as the step's activity. */
  readonly progress: (message: string, fraction?: number) => void;
  /** How the steps of `after` ended, by local name. */
  readonly after: After;
  readonly run: string;
  readonly step: StepId;
  /** 1 for the first try. */
  readonly attempt: number;
}
