import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Event } from "runfold";
import { audienceOf, MaterialIndex } from "../../../src/projections/material.ts";
import { did } from "./events.ts";

const isSink = (step: string): boolean => step === "sink";
const alarm = (severity: "info" | "warning" | "error", step?: string): Event => ({
  type: "diagnostic.recorded",
  code: "c",
  severity,
  message: "m",
  ...(step === undefined ? {} : { step }),
});

const told = (type: "message.denied" | "message.unknown"): Event => {
  return { type, message: 1, step: "sink", attempt: 1, channel: "steer", reason: "So." };
};

describe("whom an event wakes", () => {
  test.each<[string, Event, unknown]>([
    ["the end of the run: everyone", { type: "run.settled", status: "failed" }, { wakes: "everyone" }],
    ["a cancel: everyone", { type: "run.cancelRequested", reason: "", force: false }, { wakes: "everyone" }],
    ["a passed deadline: everyone", { type: "run.expired", deadlineAt: 1 }, { wakes: "everyone" }],
    ["an error without a step: everyone", alarm("error"), { wakes: "everyone" }],
    ["an error of a step: the run and that step", alarm("error", "a"), { wakes: "runAndStep", step: "a" }],
    ["a failure: the run and that step", did.fail("a"), { wakes: "runAndStep", step: "a" }],
    ["a time-out: the run and that step", did.timeOut("a"), { wakes: "runAndStep", step: "a" }],
    ["a canceled step: the run and that step", did.cancel("a"), { wakes: "runAndStep", step: "a" }],
    ["a blocked step: the run and that step", did.block("a", "b"), { wakes: "runAndStep", step: "a" }],
    ["success of a sink: the run and that step", did.succeed("sink"), { wakes: "runAndStep", step: "sink" }],
    ["success of another step: that step", did.succeed("a"), { wakes: "stepOnly", step: "a" }],
    ["a warning: nobody", alarm("warning"), undefined],
    ["a remark: nobody", alarm("info", "a"), undefined],
    ["a start: nobody", did.start("a"), undefined],
    ["progress: nobody", did.text("a", "x"), undefined],
    ["a retry: nobody", did.retry("a"), undefined],
    ["a retry that is due: nobody", did.due("a"), undefined],
    ["a request to stop one step: nobody", did.abort("a"), undefined],
    ["a message that was denied: nobody", told("message.denied"), undefined],
    ["a message that nobody knows of: nobody", told("message.unknown"), undefined],
    ["a cleanup: nobody", { type: "run.cleaned", reason: "" }, undefined],
    [
      "an artifact: nobody",
      { type: "artifact.stored", step: "a", attempt: 1, artifact: { name: "n", bytes: 1, sha256: "" } },
      undefined,
    ],
  ])("%s", (_rule, event, audience) => {
    expect(audienceOf(event, isSink)).toEqual(audience);
  });
});

test("the index finds, for any target and place, what a look through all events finds", () => {
  const steps = ["a", "b", "sink"];
  const event = fc.oneof(
    fc.constantFrom(alarm("error"), alarm("error", "a"), alarm("warning"), did.start("a"), did.text("b", "x")),
    fc.constant<Event>({ type: "run.cancelRequested", reason: "", force: false }),
    fc.constantFrom(...steps).map((step) => did.fail(step)),
    fc.constantFrom(...steps).map((step) => did.succeed(step)),
  );
  fc.assert(
    fc.property(fc.array(event, { maxLength: 40 }), fc.nat(40), (events, after) => {
      const index = new MaterialIndex();
      const endedAt = new Map<string, number>();
      const forRun: number[] = [];
      const forStep = new Map(steps.map((step): [string, number[]] => [step, []]));
      for (const [place, happened] of events.entries()) {
        const isEnd = happened.type === "step.failed" || happened.type === "step.succeeded";
        // A step ends once.
        if (isEnd && endedAt.has(happened.step)) continue;
        const position = place + 1;
        if (isEnd) endedAt.set(happened.step, position);
        const audience = audienceOf(happened, isSink);
        if (audience === undefined) continue;
        index.add(audience, happened, position);
        if (position <= after) continue;
        if (audience.wakes !== "stepOnly") forRun.push(position);
        for (const [step, positions] of forStep) {
          if (audience.wakes === "everyone" || audience.step === step) positions.push(position);
        }
      }
      expect(index.forRun(after)).toEqual(forRun);
      for (const [step, positions] of forStep) {
        expect(index.forStep(step, endedAt.get(step), after)).toEqual(positions);
      }
    }),
  );
});
