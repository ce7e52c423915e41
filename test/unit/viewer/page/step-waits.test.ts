import { expect, it } from "vitest";
import { waitsOf } from "../../../../src/viewer/page/fold/step-waits.ts";
import { smallStory } from "../../../support/viewer/stories.ts";
import { tellRun, toldAt, type ToldRun } from "../../../support/viewer/told-run.ts";

function waits(story: ToldRun, until = Infinity): string[] {
  const events = tellRun(story).slice(0, until);
  return waitsOf(events).map(
    ({ step, kind, from, until: end }) => `${step} ${kind} ${from - toldAt}-${end === undefined ? "" : end - toldAt}`,
  );
}

const twoSlots = { ...smallStory(), steps: () => ({ ms: 1_000 }) };

it("counts the time from when all that a step needs had ended until it was started", () => {
  expect(waits(twoSlots)).toEqual([
    "log slot 0-0",
    "size slot 0-0",
    "licences slot 0-1000",
    "report slot 2000-2000",
    "send slot 3000-3000",
  ]);
});

it("tells the time until a retry is due from the time until it has a slot", () => {
  const graph = {
    ...twoSlots.graph,
    steps: [
      { id: "shaky", task: "x", retry: { attempts: 2, backoffSeconds: 1 } },
      { id: "long", task: "x" },
    ],
    limits: { concurrency: 1 },
  };
  const told = waits({ graph, steps: (id) => ({ ms: 1_000, failures: id === "shaky" ? 1 : 0 }) });
  const [, , backoff, again] = told;
  expect(backoff).toMatch(/^shaky backoff 700-\d+$/);
  const dueAt = backoff!.split("-").at(-1)!;
  expect(again).toBe(`shaky slot ${dueAt}-1700`);
});

it("has waits without an end while they last, and none of steps that are blocked", () => {
  expect(waits(twoSlots, 3)).toEqual(["log slot 0-0", "size slot 0-0", "licences slot 0-"]);
  const failing = { ...twoSlots, steps: (id: string) => ({ ms: 1_000, failures: id === "log" ? 9 : 0 }) };
  expect(waits(failing).filter((wait) => wait.startsWith("report"))).toEqual([]);
});
