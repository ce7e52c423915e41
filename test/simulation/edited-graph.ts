import type { GraphDocument } from "../../src/domain/graph-document.ts";

/** A graph with something changed that may, or may not, be changed in a fork. */
export function editedGraph(graph: GraphDocument, number: number): GraphDocument {
  const { steps } = graph;
  const chosen = steps[number % steps.length]!;
  const named = { id: `added-${steps.length}`, task: "added" };
  const added = { ...named, [number % 2 === 0 ? "needs" : "after"]: [chosen.id] };
  switch (Math.floor(number / 7) % 4) {
    case 0:
      return { ...graph, steps: [...steps, added] };
    case 1:
      // In front, so that every step gets another number.
      return { ...graph, steps: [{ ...named, after: steps.map(({ id }) => id) }, ...steps] };
    case 2:
      return { ...graph, steps: steps.map((step) => (step === chosen ? { ...step, task: "edited" } : step)) };
    default:
      return steps.length === 1 ? graph : without(graph, chosen.id);
  }
}

function without(graph: GraphDocument, removed: string): GraphDocument {
  const others = (ids: readonly string[]): readonly string[] => ids.filter((id) => id !== removed);
  const steps = graph.steps.flatMap((step) => {
    if (step.id === removed) return [];
    const { needs, after } = step;
    return {
      ...step,
      ...(needs === undefined ? {} : { needs: others(needs) }),
      ...(after === undefined ? {} : { after: others(after) }),
    };
  });
  return { ...graph, steps };
}
