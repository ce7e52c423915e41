import { describe, expect, it } from "vitest";
import { assign, createMachine, emit } from "xstate";
import type { Chart } from "../../../src/machines/compile-machine.ts";
import { compileMachine } from "../../../src/machines/compile-machine.ts";

interface Rung {
  readonly type: "bell.rung";
  readonly by: string;
}
interface Ring {
  readonly type: "ring";
  readonly by: string;
}

const makers = { rung: ({ by }: Ring): Rung => ({ type: "bell.rung", by }) };

/** A bell that can be compiled, with something about it changed. */
function bell(state: object = {}, transition: object | undefined = {}, machine: object = {}): Chart {
  const ring = { target: "loud", actions: "rung", ...transition };
  return createMachine({
    id: "bell",
    initial: "quiet",
    states: { quiet: { on: { ring }, ...state }, loud: {} },
    ...machine,
  });
}

const compile = (chart: Chart) => compileMachine<"quiet" | "loud", Ring, Rung>(chart, makers);

describe("compiling a machine", () => {
  it("gives the next state and the event of each cell, and nothing for the others", () => {
    const table = compile(bell());
    expect(table.initial).toBe("quiet");
    expect(table.states).toEqual(["quiet", "loud"]);
    expect(table.cell("quiet", "ring")?.next).toBe("loud");
    expect(table.cell("quiet", "ring")?.make({ type: "ring", by: "Ada" })).toEqual({ type: "bell.rung", by: "Ada" });
    expect(table.cell("loud", "ring")).toBeUndefined();
  });

  it("finds no cell under the names that every object has", () => {
    const cell = compile(bell()).cell as (state: string, type: string) => unknown;
    for (const name of ["constructor", "toString", "__proto__", "hasOwnProperty"]) {
      expect(cell("quiet", name)).toBeUndefined();
    }
  });

  it("takes a maker that is named by an object with a type", () => {
    expect(compile(bell({}, { actions: { type: "rung" } })).cell("quiet", "ring")?.next).toBe("loud");
  });

  const invoked = { src: "work", id: "work" };
  const banned: readonly (readonly [string, Chart, string])[] = [
    ["context", bell({}, {}, { context: { rings: 0 } }), "the machine does without context"],
    ["an invoked actor of the machine", bell({}, {}, { invoke: invoked }), "the machine does without invoke"],
    ["an eventless transition of the machine", bell({}, {}, { always: {} }), "the machine does without always"],
    ["a delay of the machine", bell({}, {}, { after: { 10: ".loud" } }), "the machine does without after"],
    ["an entry action of the machine", bell({}, {}, { entry: "rung" }), "the machine does without entry"],
    ["an exit action of the machine", bell({}, {}, { exit: "rung" }), "the machine does without exit"],
    ["a transition from every state", bell({}, {}, { on: { ring: ".loud" } }), "the machine does without on"],
    ["parallel states", bell({}, {}, { type: "parallel", initial: undefined }), "the machine does without type"],
    ["an invoked actor", bell({ invoke: invoked }), "state quiet does without invoke"],
    ["a delayed transition", bell({ after: { 10: "loud" } }), "state quiet does without after"],
    [
      "an eventless transition",
      bell({ always: { target: "loud", guard: () => false } }),
      "state quiet does without always",
    ],
    ["an entry action", bell({ entry: "rung" }), "state quiet does without entry"],
    ["an exit action", bell({ exit: "rung" }), "state quiet does without exit"],
    ["nested states", bell({ initial: "shut", states: { shut: {} } }), "state quiet does without states"],
    ["a final state", bell({}, {}, { states: { quiet: { type: "final" } } }), "state quiet does without type"],
    ["a guard", bell({}, { guard: () => true }), "quiet on ring has no guard"],
    [
      "two transitions for one signal",
      bell({
        on: {
          ring: [
            { target: "loud", actions: "rung", guard: "may" },
            { target: "quiet", actions: "rung" },
          ],
        },
      }),
      "quiet on ring has one transition",
    ],
    [
      "a transition for signals of any type",
      bell({ on: { "*": { target: "loud", actions: "rung" } } }),
      "quiet on * names its signal in full",
    ],
    [
      "a transition for a family of signals",
      bell({ on: { "ring.*": { target: "loud", actions: "rung" } } }),
      "quiet on ring.* names its signal in full",
    ],
    ["a transition without a target", bell({}, { target: undefined }), "quiet on ring names its one target"],
    ["a transition without an action", bell({}, { actions: [] }), "quiet on ring emits exactly one event"],
    ["two actions", bell({}, { actions: ["rung", "rung"] }), "quiet on ring emits exactly one event"],
    ["a maker that nobody knows", bell({}, { actions: "thrown" }), "quiet on ring emits by a named maker"],
    ["an action without a name", bell({}, { actions: () => undefined }), "quiet on ring emits by a named maker"],
    ["an assignment", bell({}, { actions: assign({}) }), "quiet on ring emits by a named maker"],
    [
      "an emission without a name",
      bell({}, { actions: emit({ type: "bell.rung" }) }),
      "quiet on ring emits by a named maker",
    ],
    ["a name that every object has", bell({}, { actions: "toString" }), "quiet on ring emits by a named maker"],
  ];

  it.each(banned)("refuses %s", (_feature, chart, claim) => {
    expect(() => compile(chart)).toThrow(
      expect.objectContaining({ code: "invariant.broken", message: expect.stringContaining(claim) as string }),
    );
  });
});
