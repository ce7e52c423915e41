import { describe, expect, test } from "vitest";
import type { Event } from "runfold";
import { Waiters } from "../../../src/actors/waiters.ts";
import type { Interest, Waiter } from "../../../src/actors/waiters.ts";
import { audienceOf } from "../../../src/projections/material.ts";

const settled: Event = { type: "run.settled", status: "failed" };
const cancel: Event = { type: "run.cancelRequested", reason: "", force: false };
const failed = (step: string): Event => ({
  type: "step.failed",
  step,
  attempt: 1,
  failure: { kind: "thrown", message: "" },
});
const succeeded = (step: string): Event => ({ type: "step.succeeded", step, attempt: 1, output: { value: 1 } });
const alarm = (step?: string): Event => ({
  type: "diagnostic.recorded",
  code: "x",
  severity: "error",
  message: "",
  ...(step === undefined ? {} : { step }),
});

const everyone = { wakes: "everyone" } as const;

const interests: Readonly<Record<string, Interest>> = {
  run: { step: undefined, until: "material" },
  end: { step: undefined, until: "end" },
  a: { step: "a", until: "material" },
  aEnd: { step: "a", until: "end" },
  b: { step: "b", until: "material" },
};

/** Who of one waiter of each kind an event wakes; step `z` is the only sink. */
function woken(event: Event): string[] {
  const waiters = new Waiters();
  const names: string[] = [];
  for (const [name, interest] of Object.entries(interests)) {
    waiters.add({ interest, since: 0, wake: () => void names.push(name) });
  }
  const audience = audienceOf(event, (step) => step === "z");
  if (audience !== undefined) waiters.wake(audience, { position: 1, at: 0, event });
  return names.toSorted();
}

describe("an event wakes whom it concerns", () => {
  test.each([
    ["the end of the run", settled, ["a", "aEnd", "b", "end", "run"]],
    ["a request to cancel", cancel, ["a", "b", "run"]],
    ["a passed deadline", { type: "run.expired", deadlineAt: 1 }, ["a", "b", "run"]],
    ["a failure", failed("a"), ["a", "aEnd", "run"]],
    ["a failure of another step", failed("c"), ["run"]],
    ["a success that is no result", succeeded("a"), ["a", "aEnd"]],
    ["a success that is a result", succeeded("z"), ["run"]],
    ["an error of the run", alarm(), ["a", "b", "run"]],
    ["an error of a step, which is not its end", alarm("a"), ["a", "run"]],
    ["a start", { type: "step.started", step: "a", attempt: 1, deadlineAt: 1 }, []],
  ] satisfies [string, Event, string[]][])("%s", (_name, event, names) => {
    expect(woken(event)).toEqual(names);
  });
});

test("each waiter is woken once, however much happens", () => {
  const waiters = new Waiters();
  let times = 0;
  for (const interest of Object.values(interests)) waiters.add({ interest, since: 0, wake: () => void times++ });
  for (const event of [failed("a"), failed("b"), settled, settled]) {
    waiters.wake(
      audienceOf(event, () => false)!,
      { position: 1, at: 0, event },
    );
  }
  expect(times).toBe(Object.keys(interests).length);
  expect(waiters.isEmpty).toBe(true);
});

test("a waiter that begins in the middle of a batch is not woken by what it has seen already", () => {
  const waiters = new Waiters();
  let times = 0;
  waiters.add({ interest: interests["run"]!, since: 2, wake: () => void times++ });
  waiters.wake(everyone, { position: 2, at: 0, event: cancel });
  expect([times, waiters.isEmpty]).toEqual([0, false]);
  waiters.wake(everyone, { position: 3, at: 0, event: cancel });
  expect([times, waiters.isEmpty]).toEqual([1, true]);
});

test("a waiter may remove others, and add new ones, while it is woken", () => {
  const waiters = new Waiters();
  const woke: string[] = [];
  const interest = interests["a"]!;
  const second: Waiter = { interest, since: 0, wake: () => void woke.push("second") };
  const later: Waiter = { interest: interests["b"]!, since: 0, wake: () => void woke.push("later") };
  waiters.add({
    interest,
    since: 0,
    wake: () => {
      woke.push("first");
      waiters.remove(second);
      waiters.add(later);
    },
  });
  waiters.add(second);
  waiters.wake({ wakes: "runAndStep", step: "a" }, { position: 1, at: 0, event: failed("a") });
  expect(woke).toEqual(["first"]);
  waiters.remove(later);
  waiters.remove(later);
  expect(waiters.isEmpty).toBe(true);
});
