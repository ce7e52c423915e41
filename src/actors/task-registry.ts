import type { StepDocument } from "../domain/graph-document.ts";
import type { Graph, TaskBinding } from "../domain/graph.ts";

/** The functions that task steps run: those of graphs that were defined in code, and those registered by name. */
export class TaskRegistry {
  readonly #byGraph = new Map<string, Graph>();
  /** Of graphs that another one of the same name has replaced, by the very step, for as long as a run holds it. */
  #replaced: WeakMap<StepDocument, TaskBinding> | undefined;
  readonly #byName: ReadonlyMap<string, TaskBinding>;

  constructor(byName: ReadonlyMap<string, TaskBinding>) {
    this.#byName = byName;
  }

  /**
   * A graph of the same name replaces the one before for runs that come from a journal. Those under way keep their functions:
   * graphs are often made anew for each run, with functions that know what that run is about.
   */
  register(graph: Graph): void {
    const { document, tasks } = graph;
    const known = this.#byGraph.get(document.name);
    if (tasks.size === 0 || known?.tasks === tasks) return;
    if (known !== undefined) this.#keep(known);
    this.#byGraph.set(document.name, graph);
  }

  find(graphName: string, step: StepDocument): TaskBinding | undefined {
    const own = this.#replaced?.get(step);
    if (own !== undefined) return own;
    // A step with a function of its own names no other task, so one that does is not that step.
    const sameName = step.task === step.id ? this.#byGraph.get(graphName)?.tasks.get(step.id) : undefined;
    return sameName ?? this.#byName.get(step.task ?? step.id);
  }

  #keep({ document, tasks }: Graph): void {
    this.#replaced ??= new WeakMap();
    for (const step of document.steps) {
      const binding = tasks.get(step.id);
      if (binding !== undefined) this.#replaced.set(step, binding);
    }
  }
}
