import { expect, test } from "vitest";
import type { StepDocument } from "../../src/domain/graph-document.ts";
import { decide, isRefusal } from "../../src/machines/decide.ts";
import { initialState } from "../../src/machines/run-state.ts";
import { startInput } from "../support/simulate.ts";

/** Counts every look at an array: a rescan of all steps cannot hide. */
function counting<Numbers extends Uint8Array | Int32Array>(array: Numbers, looked: () => void): Numbers {
  return new Proxy(array, {
    get(target, key) {
      if (typeof key === "string" && /^\d/.test(key)) looked();
      // A typed array's own methods and getters work on the array alone, not on a proxy of it.
      const value: unknown = Reflect.get(target, key, target);
      return typeof value === "function" ? (value.bind(target) as unknown) : value;
    },
    set: (target, key, value) => Reflect.set(target, key, value, target),
  });
}

/** Looks at the state of steps that a run takes from its first end to its settlement. */
function looksOf(steps: readonly StepDocument[], ends: "succeed" | "fail"): number {
  const state = initialState();
  decide(state, startInput({ name: "graph", objective: "To be counted.", steps, limits: { concurrency: 10 } }), 0);
  let looks = 0;
  const looked = (): void => void looks++;
  state.phases = counting(state.phases, looked);
  state.attempts = counting(state.attempts, looked);
  state.unmet = counting(state.unmet, looked);
  const running = steps.filter((_step, number) => state.attempts[number] === 1).map(({ id }) => id);
  looks = 0;
  for (let step = running.shift(); step !== undefined; step = running.shift()) {
    const failure = { kind: "thrown", message: "It failed." } as const;
    const decision = decide(
      state,
      ends === "succeed"
        ? { type: "step.succeed", step, attempt: 1, output: { value: null } }
        : { type: "step.fail", step, attempt: 1, failure, jitter: 0 },
      1,
    );
    if (isRefusal(decision)) throw new Error(decision.message);
    for (const event of decision) if (event.type === "step.started") running.push(event.step);
  }
  expect(state.phase).toBe(ends === "succeed" ? "succeeded" : "failed");
  return looks;
}

const shapes: Readonly<Record<string, (number: number) => Partial<StepDocument>>> = {
  "steps that depend on nothing": () => ({}),
  "one long chain": (number) => (number === 0 ? {} : { needs: [`s${number - 1}`] }),
  "a chain of steps that only come after one another": (number) => (number === 0 ? {} : { after: [`s${number - 1}`] }),
  "a binary tree": (number) => (number === 0 ? {} : { needs: [`s${(number - 1) >>> 1}`] }),
  "layers of ten": (number) =>
    number < 10 ? {} : { needs: [`s${number - 10}`, `s${number - (number % 10) - 1}`], after: [`s${number - 7}`] },
};

function stepsOf(count: number, of: (number: number) => Partial<StepDocument>): StepDocument[] {
  return Array.from({ length: count }, (_step, number) => ({ id: `s${number}`, task: "any", ...of(number) }));
}

for (const [shape, of] of Object.entries(shapes)) {
  for (const ends of ["succeed", "fail"] as const) {
    test(`four times the steps are at most four times the work: ${shape}, all of which ${ends}`, () => {
      const few = looksOf(stepsOf(500, of), ends);
      const many = looksOf(stepsOf(2_000, of), ends);
      expect(many).toBeLessThanOrEqual(few * 4.1 + 100);
      expect(many / 2_000, "looks for each step").toBeLessThan(60);
    });
  }
}
