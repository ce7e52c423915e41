import { invariant } from "../domain/errors.ts";

/**
 * Turns a statechart into a table, read from XState's own nodes once per (state, signal type): next state and the maker of the event.
 *
 * XState's own `transition()` takes 20 to 30 µs a call and a live actor per step is quadratic in the number of steps; a table
 * look-up takes a few nanoseconds. What makes the table legal is that the chart is context-free, and {@link compileMachine}
 * asserts it: no context, guards, invoked actors, delays, eventless transitions, entry or exit actions, no nesting, and each
 * transition emits exactly one event. Property tests hold the table to XState's `transition()` over every cell and on walks.
 */
export interface CompiledMachine<State extends string, Signal extends { readonly type: string }, Event> {
  readonly initial: State;
  readonly states: readonly State[];
  /** What a signal does in a state, or undefined where the chart does not take it. */
  cell(state: State, type: Signal["type"]): Cell<State, Signal, Event> | undefined;
}

export interface Cell<State, Signal, Event> {
  readonly next: State;
  readonly make: (signal: Signal) => Event;
}

/** What the compiler reads of an XState machine: public properties of `StateMachine` and `StateNode` alone. */
export interface Chart {
  readonly config: object;
  readonly root: { readonly initial: { readonly target: readonly { readonly key: string }[] | undefined } };
  readonly states: Readonly<Record<string, ChartState>>;
}

interface ChartState {
  readonly config: object;
  readonly transitions: ReadonlyMap<string, readonly ChartTransition[]>;
}

interface ChartTransition {
  readonly target: readonly { readonly key: string }[] | undefined;
  readonly guard?: unknown;
  readonly actions: readonly unknown[];
}

const bannedOfMachine = ["context", "invoke", "after", "always", "entry", "exit", "on", "type", "onDone"];
const bannedOfState = ["invoke", "after", "always", "entry", "exit", "states", "initial", "type", "history", "onDone"];

export function compileMachine<State extends string, Signal extends { readonly type: string }, Event>(
  chart: Chart,
  makers: Readonly<Record<string, (signal: never) => Event>>,
): CompiledMachine<State, Signal, Event> {
  refuseKeys("the machine", chart.config, bannedOfMachine);
  const table: Record<string, Record<string, Cell<State, Signal, Event>>> = Object.create(null);
  for (const [name, state] of Object.entries(chart.states)) {
    refuseKeys(`state ${name}`, state.config, bannedOfState);
    const row: Record<string, Cell<State, Signal, Event>> = Object.create(null);
    for (const [type, transitions] of state.transitions) {
      const where = `${name} on ${type}`;
      const [transition] = transitions;
      invariant(!type.includes("*"), `${where} names its signal in full`);
      invariant(transition !== undefined && transitions.length === 1, `${where} has one transition`);
      invariant(transition.guard === undefined, `${where} has no guard`);
      invariant(transition.target?.length === 1, `${where} names its one target`);
      invariant(transition.actions.length === 1, `${where} emits exactly one event`);
      const action = actionName(transition.actions[0]);
      const make = action !== undefined && Object.hasOwn(makers, action) ? makers[action] : undefined;
      invariant(make !== undefined, `${where} emits by a named maker`);
      row[type] = { next: transition.target[0]!.key as State, make: make as (signal: Signal) => Event };
    }
    table[name] = row;
  }
  const initial = chart.root.initial.target?.[0]?.key;
  invariant(initial !== undefined && initial in table, "the machine names its initial state");
  return {
    initial: initial as State,
    states: Object.keys(table) as State[],
    cell: (state, type) => table[state]![type],
  };
}

function refuseKeys(what: string, config: object, banned: readonly string[]): void {
  for (const key of banned) invariant(!(key in config), `${what} does without ${key}`);
}

function actionName(action: unknown): string | undefined {
  if (typeof action === "string") return action;
  if (typeof action === "object" && action !== null && "type" in action && typeof action.type === "string") {
    return action.type;
  }
  return undefined;
}
