import * as fc from "fast-check";
import { expect, test } from "vitest";
import type { Commit } from "../../src/domain/commit.ts";
import { commitSchema } from "../../src/domain/commit.ts";
import type { Input } from "../../src/domain/inputs.ts";
import { decide, isRefusal } from "../../src/machines/decide.ts";
import { initialState } from "../../src/machines/run-state.ts";
import { anyInput } from "../support/any-input.ts";
import { mustBe } from "../support/must-be.ts";
import { factsOf, foldAll } from "../support/record-run.ts";
import { scenarios } from "../support/run-arbitrary.ts";
import { startInput } from "../support/simulate.ts";
import { brokenLaws } from "./journal-laws.ts";
import { Oracle } from "./oracle.ts";

/** Ids of every graph that these tests make: the first steps of larger ones are enough. */
const ids = Array.from({ length: 8 }, (_step, number) => `s${number}`);
const graphs = scenarios({ stepsMax: 8 }).map(({ graph }) => graph);

test("no sequence of inputs makes the kernel throw, break a law or change anything with a refusal", () => {
  fc.assert(
    fc.property(
      graphs,
      fc.array(anyInput(ids), { maxLength: 60, size: "medium" }),
      fc.nat({ max: 8 }),
      fc.infiniteStream(fc.nat({ max: 40 })),
      (graph, inputs, startsAt, steps) => {
        const state = initialState();
        const oracle = new Oracle(graph);
        const commits: Commit[] = [];
        let at = 1_000;
        // What comes before the start, and a second start, is only more of what makes no sense.
        const all: Input[] = [...inputs];
        all.splice(startsAt, 0, startInput(graph), startInput(graph));
        for (const input of all) {
          at += steps.next().value ?? 0;
          const before = factsOf(state);
          const decision = decide(state, input, at);
          if (isRefusal(decision) === oracle.accepts(input, at)) {
            throw new Error(`${JSON.stringify(input)}: ${isRefusal(decision) ? "refused" : "taken"} against the rules`);
          }
          if (isRefusal(decision)) {
            if (decision.message === "") throw new Error(`the refusal of ${input.type} does not say why`);
            mustBe(factsOf(state), before, `the state after a refused ${input.type}`);
          } else commits.push({ schema: commitSchema, position: state.position, at, input, events: decision });
        }
        mustBe(factsOf(foldAll(commits)), factsOf(state), "the fold");
        // The run need not have ended, so only what has happened is held to the laws.
        expect(brokenLaws(graph, commits)).toEqual([]);
      },
    ),
    { numRuns: 1_000 },
  );
});
