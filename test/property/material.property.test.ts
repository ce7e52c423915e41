import * as fc from "fast-check";
import { expect, test } from "vitest";
import { audienceOf, MaterialIndex } from "../../src/projections/material.ts";
import { RunView } from "../../src/projections/run-view.ts";
import { eventsOf, record } from "../support/record-run.ts";
import { scenarios } from "../support/run-arbitrary.ts";
import { isMaterial } from "./material-rules.ts";

test("the index of material events finds after any position what looking through all events finds", () => {
  fc.assert(
    fc.property(scenarios({ stepsMax: 25 }), fc.nat(), fc.nat(), (scenario, cut, number) => {
      const { graph } = scenario;
      const { commits } = record(scenario);
      const events = eventsOf(commits);
      const view = new RunView();
      const index = new MaterialIndex();
      for (const { at, events: caused } of commits) {
        for (const event of caused) {
          view.apply(event, at);
          const sinks = view.snapshot().sinks;
          const audience = audienceOf(event, (step) => sinks.includes(step));
          if (audience !== undefined) index.add(audience, event, view.position);
        }
      }
      const after = cut % (events.length + 1);
      const found = (step: string | undefined): number[] =>
        events.flatMap((event, place) => (place >= after && isMaterial(graph, event, step) ? [place + 1] : []));
      expect(index.forRun(after), "for the run").toEqual(found(undefined));
      const { id } = graph.steps[number % graph.steps.length]!;
      const endedAt = view.step(id)!.endedAtPosition;
      expect(index.forStep(id, endedAt, after), `for step ${id}`).toEqual(found(id));
    }),
    { numRuns: 300 },
  );
});
