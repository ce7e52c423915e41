import * as fc from "fast-check";
import { expect, test } from "vitest";
import { decide } from "../../src/machines/decide.ts";
import { initialState } from "../../src/machines/run-state.ts";
import { mustBe } from "../support/must-be.ts";
import { factsOf, foldAll, record, reread } from "../support/record-run.ts";
import { scenarios } from "../support/run-arbitrary.ts";
import { simulate } from "../support/simulate.ts";

const numRuns = 400;

test("the fold of a journal is the state that decided it, also after a trip through JSON", () => {
  fc.assert(
    fc.property(scenarios(), (scenario) => {
      const { state, commits } = record(scenario);
      const facts = factsOf(state);
      mustBe(factsOf(foldAll(commits)), facts, "the fold");
      expect(factsOf(foldAll(reread(commits))), "the fold of what was read again").toBe(facts);
    }),
    { numRuns },
  );
});

test("deciding a journal's inputs again gives exactly its events, byte for byte", () => {
  fc.assert(
    fc.property(scenarios(), (scenario) => {
      const { commits } = record(scenario);
      const state = initialState();
      for (const { input, at, events, position } of reread(commits)) {
        mustBe(JSON.stringify(decide(state, input, at)), JSON.stringify(events), `the answer to ${input.type}`);
        mustBe(state.position, position, "the position");
      }
      expect(state.position).toBe(commits.at(-1)!.position);
    }),
    { numRuns },
  );
});

test("a run that is taken up from any prefix of its journal goes on as if nothing had happened", () => {
  fc.assert(
    fc.property(scenarios({ stepsMax: 20 }), fc.nat(), (scenario, cut) => {
      const { commits, state: uninterrupted } = record(scenario);
      const length = cut % commits.length;
      const prefix = reread(commits.slice(0, length));
      const state = foldAll(prefix);
      for (const { input, at, events } of commits.slice(length)) {
        mustBe(JSON.stringify(decide(state, input, at)), JSON.stringify(events), `the answer to ${input.type}`);
      }
      expect(factsOf(state), "the state at the end").toBe(factsOf(uninterrupted));
    }),
    { numRuns },
  );
});

test("the state after each commit is the fold of the commits so far, and a refusal leaves it as it was", () => {
  fc.assert(
    fc.property(scenarios({ stepsMax: 12 }), (scenario) => {
      const state = initialState();
      const folded = initialState();
      let position = 0;
      simulate(scenario, (input, at) => {
        const decision = decide(state, input, at);
        const events = "refused" in decision ? [] : decision;
        position += events.length;
        foldAll([{ schema: 1, position, at, input, events }], folded);
        mustBe(factsOf(folded), factsOf(state), `the fold after ${input.type}`);
        return events;
      });
      expect(state.phase).toBe("cleaned");
    }),
    { numRuns: numRuns / 2 },
  );
});
