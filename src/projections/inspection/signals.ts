import type { Event, EventType } from "../../domain/events.ts";
import type { CompiledMachine } from "../../machines/compile-machine.ts";
import { runMachine } from "../../machines/run-machine.ts";
import { runTable, stepTable } from "../../machines/run-state.ts";
import { stepMachine } from "../../machines/step-machine.ts";

interface Way {
  readonly signal: string;
  readonly next: string;
}

/** Finds the signal that made a machine go from one state to the next, and answer with an event. */
export type SignalFinder = (before: string, event: EventType, after: string, hint?: string) => string;

export const runSignal: SignalFinder = finderOf(runTable, runMachine.events);
export const stepSignal: SignalFinder = finderOf(stepTable, stepMachine.events);

/**
 * The journal holds events, and a chart's arrows are named after signals: the same table leads back. Where several signals lead the same
 * way by the same event, `hint` tells which.
 */
function finderOf<Signal extends { readonly type: string }>(
  table: CompiledMachine<string, Signal, Event>,
  signals: readonly string[],
): SignalFinder {
  const ways = new Map<string, Map<string, Way[]>>();
  for (const state of table.states) {
    const ofState = new Map<string, Way[]>();
    ways.set(state, ofState);
    for (const type of signals as readonly Signal["type"][]) {
      const cell = table.cell(state, type);
      if (cell === undefined) continue;
      // The type of the event is the same whatever the signal holds.
      const { type: event } = cell.make({ type } as Signal);
      ofState.set(event, [...(ofState.get(event) ?? []), { signal: type, next: cell.next }]);
    }
  }
  return (before, event, after, hint) => {
    const found = ways.get(before)?.get(event) ?? [];
    if (found.length === 1) return found[0]!.signal;
    const fitting = found.filter(({ signal, next }) => next === after && (hint === undefined || signal === hint));
    // An event that leads nowhere in the chart is shown under its own name.
    return (fitting[0] ?? found.find(({ next }) => next === after))?.signal ?? event;
  };
}
