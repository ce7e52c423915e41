import type { StepDocument } from "../domain/graph-document.ts";
import type { Graph, TaskBinding } from "../domain/graph.ts";
import type { StepId } from "../domain/ids.ts";

/** The functions that task steps run: those of graphs that were defined in code, and those registered by name. */
export class TaskRegistry {
  readonly #byGraph = new Map<string, ReadonlyMap<StepId, TaskBinding>>();
  readonly #byName: ReadonlyMap<string, TaskBinding>;

  constructor(byName: ReadonlyMap<string, TaskBinding>) {
    this.#byName = byName;
  }

  /** A graph of the same name replaces the one before; runs that are under way then run the newer functions. */
  register({ document, tasks }: Graph): void {
    if (tasks.size > 0) this.#byGraph.set(document.name, tasks);
  }

  find(graphName: string, step: StepDocument): TaskBinding | undefined {
    return this.#byGraph.get(graphName)?.get(step.id) ?? this.#byName.get(step.task ?? step.id);
  }
}
