import * as fc from "fast-check";
import { expect, test } from "vitest";
import { record, eventsOf } from "../support/record-run.ts";
import { scenarios } from "../support/run-arbitrary.ts";
import { brokenLaws } from "./journal-laws.ts";

const numRuns = 1_000;

test("every journal obeys the laws of steps, slots, attempts and ends", () => {
  fc.assert(
    fc.property(scenarios(), (scenario) => {
      const { commits } = record(scenario);
      expect(brokenLaws(scenario.graph, commits)).toEqual([]);
      expect(commits.filter(({ events }) => events.some(({ type }) => type === "run.settled"))).toHaveLength(1);
    }),
    { numRuns },
  );
});

test("a run that nobody ends ends by itself, with no step canceled", () => {
  fc.assert(
    fc.property(scenarios({ isCalm: true }), (scenario) => {
      const events = eventsOf(record(scenario).commits);
      expect(events.filter(({ type }) => type === "step.canceled")).toEqual([]);
      const settled = events.find((event) => event.type === "run.settled");
      expect(["succeeded", "mixed", "failed"]).toContain(settled?.status);
    }),
    { numRuns: numRuns / 4 },
  );
});

test("the number of events is linear in steps, attempts and what was told", () => {
  fc.assert(
    fc.property(scenarios(), (scenario) => {
      const events = eventsOf(record(scenario).commits);
      const count = (type: string): number => events.filter((event) => event.type === type).length;
      const messages = events.filter((event) => event.type.startsWith("message.")).length;
      const told = count("step.progressed") + count("diagnostic.recorded") + messages;
      // A start, at most two requests to stop, a retry that is scheduled and one that is due for each attempt; an end a step. Each
      // owner interrupts an attempt, and resumes it or makes it due, once.
      const owners = count("run.recovered") + 2 * count("step.interrupted");
      const most = 6 + told + owners + scenario.graph.steps.length + 5 * count("step.started");
      expect(events.length).toBeLessThanOrEqual(most);
    }),
    { numRuns: numRuns / 4 },
  );
});
