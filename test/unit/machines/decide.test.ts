import { describe, expect, it } from "vitest";
import type { Input } from "../../../src/domain/inputs.ts";
import { decide, isRefusal } from "../../../src/machines/decide.ts";
import { initialState } from "../../../src/machines/run-state.ts";
import { GivenRun, graphOf, stepOf } from "../../support/given-run.ts";

/** Makes a value and all in it unchangeable, so that whoever changes it throws. */
function frozen<Value>(value: Value): Value {
  if (typeof value === "object" && value !== null) {
    for (const part of Object.values(value)) frozen(part);
    Object.freeze(value);
  }
  return value;
}

/** All that a fresh run answers to these inputs, as text. */
function decideAll(inputs: readonly Input[]): string {
  const state = initialState();
  return JSON.stringify(inputs.map((input, index) => decide(state, input, 1_000 + index)));
}

describe("deciding", () => {
  const graph = graphOf([stepOf("a", { retry: { attempts: 2 } }), stepOf("b", { needs: ["a"] })]);
  const failure = { kind: "thrown", message: "It failed." } as const;
  const script: readonly Input[] = [
    new GivenRun(graph).startInput(),
    { type: "step.fail", step: "a", attempt: 1, failure, jitter: 0.5 },
    { type: "step.succeed", step: "a", attempt: 2, output: { value: { deep: [1, 2] } } },
    { type: "run.cancel", reason: "Enough.", force: false },
    { type: "step.fail", step: "b", attempt: 1, failure, jitter: 0 },
    { type: "run.clean", reason: "Tidying up." },
  ];

  it("gives the same events for the same inputs, and changes none of them", () => {
    expect(decideAll(frozen(structuredClone(script)))).toBe(decideAll(script));
  });

  it("never answers with nothing", () => {
    const state = initialState();
    for (const [index, input] of script.entries()) {
      const decision = decide(state, input, index);
      expect(isRefusal(decision)).toBe(false);
      expect(decision).not.toHaveLength(0);
    }
  });

  it("counts every event in the position", () => {
    const state = initialState();
    let count = 0;
    for (const input of script) {
      const decision = decide(state, input, 0);
      count += isRefusal(decision) ? 0 : decision.length;
      expect(state.position).toBe(count);
    }
  });

  it("remembers how a run ended, also after it was cleaned up", () => {
    const state = initialState();
    for (const input of script) decide(state, input, 0);
    expect([state.phase, state.endedAs]).toEqual(["cleaned", "canceled"]);
  });
});
