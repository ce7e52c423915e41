import * as fc from "fast-check";
import { createActor, transition } from "xstate";
import { beforeAll, expect, test } from "vitest";
import { runMachine } from "../../src/machines/run-machine.ts";
import { stepMachine } from "../../src/machines/step-machine.ts";
import { inspectionOf } from "runfold/inspect";
import type { InspectionMessage, StepFilter } from "runfold/inspect";
import { liveShapes, shapeOf } from "../support/inspector-conformance.ts";
import { recordedEvents } from "../../src/domain/commit.ts";
import type { Commit } from "../../src/domain/commit.ts";
import { record, reread } from "../support/record-run.ts";
import { scenarios } from "../support/run-arbitrary.ts";

let shapes: ReadonlySet<string>;
beforeAll(async () => {
  shapes = await liveShapes();
});

const choices = fc.record({
  steps: fc.constantFrom<StepFilter>("all", "active", "failed", "picked"),
  stepsMax: fc.integer({ min: 1, max: 12 }),
});

function eventsOf(commits: readonly Commit[]) {
  return commits.flatMap((commit) => [...recordedEvents(commit, 0)]);
}

test("whatever a run does, its messages have the fields of a live actor's, in an order that an inspector can follow", () => {
  fc.assert(
    fc.property(scenarios(), choices, (scenario, choice) => {
      const messages = [...inspectionOf(eventsOf(record(scenario).commits), choice)];
      const known = new Set<string>();
      for (const message of messages) {
        expect(shapes).toContain(shapeOf(message));
        const { sessionId } = message;
        const isActor = message.type === "@xstate.actor";
        // An actor is registered once, after its parent and before anything else is told of it.
        expect([sessionId, known.has(sessionId)]).toEqual([sessionId, !isActor]);
        expect(isActor && message.parentId !== undefined ? known : [...known, undefined]).toContain(
          isActor ? message.parentId : undefined,
        );
        known.add(sessionId);
        expect(message.rootId).toBe(messages[0]!.sessionId);
      }
      expect(new Set(messages.map(({ id }) => id)).size).toBe(messages.length);
      expect(known.size - 1).toBeLessThanOrEqual(choice.stepsMax);
    }),
  );
});

test("each signal leads XState's own machine to the snapshot that follows it", () => {
  fc.assert(
    fc.property(scenarios(), (scenario) => {
      const states = new Map<string, ReturnType<typeof snapshotAt>>();
      let root = "";
      for (const message of inspectionOf(eventsOf(record(scenario).commits), { stepsMax: 10_000 })) {
        const { sessionId } = message;
        if (message.type === "@xstate.actor") {
          root ||= sessionId;
          states.set(sessionId, snapshotAt(sessionId === root, message.snapshot.value));
        } else if (message.type === "@xstate.event") {
          const machine = sessionId === root ? runMachine : stepMachine;
          const [next] = transition(machine as typeof stepMachine, states.get(sessionId)!, message.event as never);
          states.set(sessionId, next);
        }
        // An event is not followed yet by the snapshot that it leads to.
        const shown = message.type === "@xstate.event" ? undefined : message.snapshot.value;
        expect(shown ?? states.get(sessionId)!.value).toBe(states.get(sessionId)!.value);
      }
    }),
  );
});

test("a run that was read from a file gives the very messages of the run that is in memory", () => {
  fc.assert(
    fc.property(scenarios(), choices, (scenario, choice) => {
      const { commits } = record(scenario);
      const texts = (messages: Iterable<InspectionMessage>): string[] =>
        [...messages].map((message) => JSON.stringify(message));
      expect(texts(inspectionOf(eventsOf(reread(commits)), choice))).toEqual(
        texts(inspectionOf(eventsOf(commits), choice)),
      );
    }),
  );
});

function snapshotAt(isRun: boolean, value: string) {
  const machine = (isRun ? runMachine : stepMachine) as typeof stepMachine;
  const { context } = createActor(machine).getSnapshot();
  return machine.resolveState({ value, context });
}
