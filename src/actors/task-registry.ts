import type { StepDocument } from "../domain/graph-document.ts";
import type { Graph, TaskBinding } from "../domain/graph.ts";
import type { RunId, StepId } from "../domain/ids.ts";

/**
 * The functions that task steps run. Each run has those of the very graph that it was started with: graphs are often made anew
 * for each run, with functions that know what that run is about. Whatever has none of its own runs what is registered by name.
 */
export class TaskRegistry {
  readonly #byName: ReadonlyMap<string, TaskBinding>;
  readonly #opened: ReadonlyMap<string, Graph>;
  readonly #byRun = new Map<RunId, ReadonlyMap<StepId, TaskBinding>>();

  /** `opened` are the graphs that were given when the runtime was opened. */
  constructor(byName: ReadonlyMap<string, TaskBinding>, opened: readonly Graph[]) {
    this.#byName = byName;
    this.#opened = new Map(opened.map((graph) => [graph.document.name, graph]));
  }

  /** Must be called before a run's steps are looked at, and undone by {@link release}. */
  bind(run: RunId, graph: Graph): void {
    const { tasks } = graph.tasks.size > 0 ? graph : (this.#sameAsOpened(graph) ?? graph);
    if (tasks.size > 0) this.#byRun.set(run, tasks);
  }

  /** The run has ended, or was not started: what its functions hold may be let go. */
  release(run: RunId): void {
    this.#byRun.delete(run);
  }

  find(run: RunId, step: StepDocument): TaskBinding | undefined {
    return this.#byRun.get(run)?.get(step.id) ?? this.#byName.get(step.task ?? step.id);
  }

  /** A graph from JSON runs the functions of one that was given on opening only if it is that graph, step by step. */
  #sameAsOpened({ document }: Graph): Graph | undefined {
    const opened = this.#opened.get(document.name);
    if (opened === undefined) return undefined;
    return JSON.stringify(opened.document.steps) === JSON.stringify(document.steps) ? opened : undefined;
  }
}
