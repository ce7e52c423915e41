import type { Event } from "../../src/domain/events.ts";
import type { CompiledMachine } from "../../src/machines/compile-machine.ts";

/**
 * A statechart as a Mermaid diagram, from the compiled table: `signal / event` on each arrow, signals that lead the same way by
 * the same event on one arrow.
 */
export function diagramOf<Signal extends { readonly type: string }>(
  table: CompiledMachine<string, Signal, Event>,
  signals: readonly string[],
): string {
  const arrows = new Map<string, string[]>();
  for (const state of table.states) {
    for (const type of signals as readonly Signal["type"][]) {
      const cell = table.cell(state, type);
      if (cell === undefined) continue;
      // The type of the event is the same whatever the signal holds, so an empty one will do.
      const event = cell.make({ type } as Signal);
      const arrow = `${state} --> ${cell.next}\n${event.type}`;
      arrows.set(arrow, [...(arrows.get(arrow) ?? []), type]);
    }
  }
  const lines = [...arrows].map(([arrow, types]) => {
    const [way, event] = arrow.split("\n") as [string, string];
    return `${way}: ${types.join(", ")} / ${event}`;
  });
  const ends = table.states.filter((state) =>
    signals.every((type: Signal["type"]) => table.cell(state, type) === undefined),
  );
  return ["stateDiagram-v2", `[*] --> ${table.initial}`, ...lines, ...ends.map((end) => `${end} --> [*]`)].join("\n  ");
}

/** A page with what stands between the marks of a diagram replaced by that diagram. */
export function pageWith(page: string, name: string, diagram: string): string {
  const [start, end] = [`<!-- ${name}: generated -->\n`, `<!-- ${name}: end -->`];
  const from = page.indexOf(start);
  const to = page.indexOf(end);
  if (from === -1 || to < from) throw new Error(`the page has no marks for ${name}`);
  return `${page.slice(0, from + start.length)}\n\`\`\`mermaid\n${diagram}\n\`\`\`\n\n${page.slice(to)}`;
}
