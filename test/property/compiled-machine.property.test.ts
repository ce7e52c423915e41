import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createActor, initialTransition, transition } from "xstate";
import type { AnyStateMachine } from "xstate";
import type { Event } from "../../src/domain/events.ts";
import { evolve } from "../../src/machines/evolve.ts";
import {
  emptyArrays,
  initialState,
  messageTable,
  phaseCode,
  phaseOf,
  runTable,
  stepTable,
} from "../../src/machines/run-state.ts";
import type { RunState } from "../../src/machines/run-state.ts";
import { planOf } from "../../src/machines/plan.ts";
import { messageMachine } from "../../src/machines/message-machine.ts";
import type { MessagePhase, MessageSignal } from "../../src/machines/message-machine.ts";
import { runMachine } from "../../src/machines/run-machine.ts";
import type { RunPhase, RunSignal } from "../../src/machines/run-machine.ts";
import { stepMachine } from "../../src/machines/step-machine.ts";
import type { StepPhase, StepSignal } from "../../src/machines/step-machine.ts";
import type { CompiledMachine } from "../../src/machines/compile-machine.ts";
import { graph, messageSignals, runSignals, stepSignals } from "./arbitrary-signals.ts";

interface Chart {
  readonly machine: AnyStateMachine;
  readonly table: CompiledMachine<string, { readonly type: string }, Event>;
  /** A random signal of each type, as the kernel may send it to a given state. */
  signals(state: string): Readonly<Record<string, fc.Arbitrary<{ readonly type: string }>>>;
  /** The phase that the fold reaches from a state by an event. */
  fold(state: string, event: Event): string;
}

const charts: readonly (readonly [string, Chart])[] = [
  [
    "the step's chart",
    {
      machine: stepMachine,
      table: stepTable as CompiledMachine<string, StepSignal, Event> as Chart["table"],
      signals: (state) => stepSignals(state as StepPhase),
      fold(state, event) {
        const folded = stateWith("running");
        folded.counts[phaseCode.pending]!--;
        folded.phases[0] = phaseCode[state as StepPhase];
        folded.counts[phaseCode[state as StepPhase]]!++;
        evolve(folded, event, 1_000);
        return phaseOf(folded, 0);
      },
    },
  ],
  [
    "the run's chart",
    {
      machine: runMachine,
      table: runTable as CompiledMachine<string, RunSignal, Event> as Chart["table"],
      signals: (state) => runSignals(state as RunPhase),
      fold(state, event) {
        const folded = stateWith(state as RunPhase);
        evolve(folded, event, 1_000);
        return folded.phase;
      },
    },
  ],
  [
    "the message's chart",
    {
      machine: messageMachine,
      table: messageTable as CompiledMachine<string, MessageSignal, Event> as Chart["table"],
      signals: (state) => messageSignals(state as MessagePhase),
      fold(state, event) {
        const { messages } = withMessage(state as MessagePhase, event);
        const phase = messages.ofStep.get("a")?.open.get(1)?.phase;
        // What is settled leaves nothing behind, and the event says how it was.
        return phase ?? event.type.slice("message.".length);
      },
    },
  ],
];

function withMessage(phase: MessagePhase, event: Event): RunState {
  const folded = stateWith("running");
  if (phase === "sent" || phase === "accepted" || phase === "unknown") {
    const message = { phase, channel: "steer", text: "", key: undefined } as const;
    folded.messages.ofStep.set("a", { attempt: 1, count: 1, chars: 0, open: new Map([[1, { ...message }]]) });
  }
  evolve(folded, event, 1_000);
  return folded;
}

function stateWith(phase: RunPhase): RunState {
  return { ...initialState(), ...emptyArrays(planOf(graph)), phase };
}

describe.each(charts)("%s", (_name, { machine, table, signals, fold }) => {
  const cells = table.states.flatMap((state) => Object.keys(signals(state)).map((type) => [state, type] as const));
  const taken = cells.filter(([state, type]) => table.cell(state, type) !== undefined);

  it("has the states and the initial state of XState's machine", () => {
    expect([...table.states].toSorted()).toEqual(Object.keys(machine.states).toSorted());
    expect(table.initial).toBe(initialTransition(machine)[0].value);
  });

  it("takes no signal beyond those that are tried here", () => {
    expect(new Set(taken.map(([, type]) => type))).toEqual(new Set(machine.events));
    expect(new Set(Object.keys(signals(table.initial)))).toEqual(new Set(machine.events));
  });

  it.each(cells)("does in %s what XState does on %s", (state, type) => {
    fc.assert(
      fc.property(signals(state)[type]!, (signal) => {
        expect(byTable(state, signal)).toEqual(byTransition(state, signal));
      }),
    );
  });

  it.each(taken)("emits in %s on %s an event that folds to the cell's next state", (state, type) => {
    fc.assert(
      fc.property(signals(state)[type]!, (signal) => {
        const cell = table.cell(state, type)!;
        expect(fold(state, cell.make(signal))).toBe(cell.next);
      }),
    );
  });

  it("emits events that are the same after a trip through JSON", () => {
    fc.assert(
      fc.property(
        fc
          .constantFrom(...taken)
          .chain(([state, type]) => signals(state)[type]!.map((signal) => [state, signal] as const)),
        ([state, signal]) => {
          const event = table.cell(state, signal.type)!.make(signal);
          // The clone has no null prototypes, which fast-check likes to give and JSON does not know.
          expect(JSON.parse(JSON.stringify(event))).toStrictEqual(structuredClone(event));
        },
      ),
    );
  });

  it("walks the same way as transition() and a live actor, whatever the signals", () => {
    fc.assert(
      fc.property(walks(), (walk) => {
        const actor = createActor(machine);
        const live: unknown[] = [];
        actor.on("*", (event) => live.push(event));
        actor.start();
        let state = table.initial;
        const made: unknown[] = [];
        const pure: unknown[] = [];
        for (const choice of walk) {
          const signal = choice(state);
          const next = byTable(state, signal);
          const expected = byTransition(state, signal);
          actor.send(signal);
          made.push(...next.emitted);
          pure.push(...expected.emitted);
          state = next.state;
          expect(state).toBe(expected.state);
          expect(actor.getSnapshot().value).toBe(state);
        }
        expect(made).toEqual(pure);
        expect(live).toEqual(made);
      }),
    );
  });

  function byTable(state: string, signal: { readonly type: string }): { state: string; emitted: unknown[] } {
    const cell = table.cell(state, signal.type);
    return cell === undefined ? { state, emitted: [] } : { state: cell.next, emitted: [cell.make(signal)] };
  }

  function byTransition(state: string, signal: { readonly type: string }): { state: string; emitted: unknown[] } {
    const [next, actions] = transition(machine, machine.resolveState({ value: state, context: {} }), signal);
    const emitted = actions.map((action) => {
      expect(action.type).toBe("xstate.emit");
      return (action.params as { readonly event: unknown }).event;
    });
    return { state: next.value as string, emitted };
  }

  /** Mostly signals that the state takes, so that walks go far; the rest is any signal at all. */
  function walks(): fc.Arbitrary<((state: string) => { readonly type: string })[]> {
    const choices = fc.record({ wild: fc.integer({ min: 0, max: 4 }), index: fc.nat(), seed: fc.nat() });
    const chosen = choices.map(({ wild, index, seed }) => (state: string) => {
      const all = Object.keys(signals(state));
      const possible = wild === 0 ? all : all.filter((type) => table.cell(state, type) !== undefined);
      const types = possible.length === 0 ? all : possible;
      return fc.sample(signals(state)[types[index % types.length]!]!, { numRuns: 1, seed })[0]!;
    });
    return fc.array(chosen, { maxLength: 30 });
  }
});
