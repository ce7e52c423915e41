import { describe, expect, test } from "vitest";
import { inspectionOf } from "runfold/inspect";
import type { InspectionMessage, StepChoice } from "runfold/inspect";
import { Inspection } from "../../../../src/projections/inspection/inspection.ts";
import { limits } from "../../../../src/domain/limits.ts";
import type { Event } from "../../../../src/domain/events.ts";
import { did, graphOf, record, startedRun } from "../events.ts";

const ids = Array.from({ length: 1_000 }, (_, number) => `s${number}`);
const start = startedRun(graphOf(ids));
/** 600 steps succeed, 20 fail, the rest never starts. */
const events: readonly Event[] = [
  start,
  ...ids.slice(0, 600).flatMap((id) => [did.start(id), did.succeed(id)]),
  ...ids.slice(600, 620).flatMap((id) => [did.start(id), did.fail(id)]),
];

const messagesOf = (choice: StepChoice, of = events): InspectionMessage[] => [...inspectionOf(record(of), choice)];
const stepsIn = (messages: readonly InspectionMessage[]): string[] =>
  messages.flatMap((message) =>
    message.type === "@xstate.actor" && message.parentId !== undefined ? [message.name] : [],
  );
const notShown = (messages: readonly InspectionMessage[]): unknown =>
  messages.findLast((message) => message.type === "@xstate.snapshot" && message.sessionId === "run");

describe("of a thousand steps an inspector is shown", () => {
  test("those that run first, with room kept for those that fail, and how many are missing", () => {
    const messages = messagesOf({});
    const shown = stepsIn(messages);
    expect(shown).toEqual([...ids.slice(0, 37), ...ids.slice(600, 613)]);
    expect(notShown(messages)).toMatchObject({
      snapshot: {
        context: {
          notShown: "950 of 1000 steps not shown; 570 of them for want of room: at most 50 are",
          steps: { pending: 380, succeeded: 600 },
        },
      },
    });
    // A run's own snapshots are bounded, too.
    expect(messages.length).toBeLessThan(50 * 5 + 2 * limits.inspectSnapshotsMax);
  });

  test("those that fail, those that are picked, or as many as there is room for", () => {
    expect(stepsIn(messagesOf({ steps: "failed" }))).toEqual(ids.slice(600, 620));
    expect(stepsIn(messagesOf({ steps: "picked", pick: ["s900", "s3"] }))).toEqual(["s3", "s900"]);
    expect(stepsIn(messagesOf({ pick: ["s900"], stepsMax: 4 }))).toEqual(["s900", "s0", "s1", "s600"]);
    expect(stepsIn(messagesOf({ steps: "all", stepsMax: 1_000 }))).toEqual(ids);
    expect(stepsIn(messagesOf({ steps: "all", stepsMax: 8 }))).toEqual([...ids.slice(0, 6), "s600", "s601"]);
  });

  test("a step that fails late from the state that it was in", () => {
    const [actor] = messagesOf({ steps: "failed" }).filter(({ sessionId }) => sessionId === "run/s600");
    expect(actor).toMatchObject({ type: "@xstate.actor", snapshot: { value: "running", context: { attempt: 1 } } });
  });
});

describe("a small run", () => {
  test("is shown whole from its beginning", () => {
    const messages = messagesOf({}, [startedRun(graphOf(["a", "b"]))]);
    expect(stepsIn(messages)).toEqual(["a", "b"]);
    expect(JSON.stringify(messages)).not.toContain("notShown");
  });

  test("with long texts and large values is cut, and says so", () => {
    const long = "x".repeat(100_000);
    const wide = Array.from({ length: 5_000 }, (_, index) => ({ index, long }));
    const output = { value: wide as never };
    const done: Event = { type: "step.succeeded", step: "a", attempt: 1, output };
    const messages = messagesOf({}, [startedRun(graphOf(["a"])), did.start("a"), did.text("a", long), done]);
    for (const message of messages) expect(JSON.stringify(message).length).toBeLessThan(40_000);
    const told = messages.find((message) => message.type === "@xstate.event" && message.event.type === "succeed");
    expect(told).toMatchObject({ event: { output: { value: expect.arrayContaining(["… 4975 more"]) } } });
  });
});

test("an inspection takes every event in its order", () => {
  const [first, second, third] = record([start, did.start("s0"), did.succeed("s0")]);
  const inspection = new Inspection();
  inspection.take(first!);
  expect(() => inspection.take(third!)).toThrow("takes every event");
  expect(inspection.take(second!)).toHaveLength(3);
});
