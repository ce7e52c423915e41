import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Event } from "runfold";
import { Frontier } from "../../../src/projections/frontier.ts";
import { graphDocuments } from "../../support/graph-arbitrary.ts";
import { did, failure, graphOf, startedRun } from "./events.ts";

function frontierOf(...events: Event[]): Frontier {
  const frontier = new Frontier();
  for (const event of events) frontier.apply(event);
  return frontier;
}

const diamond = graphOf([
  "a",
  "b",
  { id: "c", task: "c", needs: ["b", "a"] },
  { id: "d", task: "d", after: ["b"], needs: ["a"] },
]);

describe("what a step is handed", () => {
  test("comes in the order in which it names its needs, then what it comes after", () => {
    const frontier = frontierOf(startedRun(diamond), did.succeed("a", "A"), did.succeed("b", "B"));
    expect(frontier.handoversTo("c").map(({ step }) => step)).toEqual(["b", "a"]);
    expect(frontier.handoversTo("d").map(({ step }) => step)).toEqual(["a", "b"]);
    expect(frontier.handoversTo("c")[1]).toEqual({ step: "a", status: "succeeded", output: { value: "A" } });
  });

  test("names each step once, also one that stands in both lists", () => {
    const both = graphOf(["a", { id: "b", task: "b", needs: ["a"], after: ["a"] }]);
    const frontier = frontierOf(startedRun(both), did.succeed("a"));
    expect(frontier.handoversTo("b")).toHaveLength(1);
    frontier.apply(did.succeed("b"));
    expect(frontier.size).toBe(0);
  });

  test.each([
    ["failed", { ...did.fail("a"), partial: { value: "half" } }, failure],
    ["timedOut", { ...did.timeOut("a"), partial: { value: "half" } }, failure],
    ["canceled", { ...did.cancel("a"), partial: { value: "half" } }, { kind: "aborted", message: "enough" }],
  ] as const)("of a step that %s is why, and what it had until then", (status, event, why) => {
    const graph = graphOf(["a", { id: "b", task: "b", after: ["a"] }]);
    const [handover] = frontierOf(startedRun(graph), event).handoversTo("b");
    // Only a step that never ran has a reason beside what became of its attempt.
    const reason = status === "canceled" ? { reason: "enough" } : {};
    expect(handover).toEqual({ step: "a", status, failure: why, partial: { value: "half" }, ...reason });
  });

  test("of a blocked step says by whom", () => {
    const graph = graphOf(["x", { id: "a", task: "a", needs: ["x"] }, { id: "b", task: "b", after: ["a"] }]);
    const [handover] = frontierOf(startedRun(graph), did.fail("x"), did.block("a", "x")).handoversTo("b");
    expect(handover).toMatchObject({
      status: "blocked",
      failure: { message: "Blocked by x." },
      reason: "Blocked by x.",
    });
  });

  test("is nothing for a step that depends on nothing, or is not there", () => {
    const frontier = frontierOf(startedRun(diamond), did.succeed("a"));
    expect([frontier.handoversTo("a"), frontier.handoversTo("nobody")]).toEqual([[], []]);
    expect(new Frontier().handoversTo("a")).toEqual([]);
  });
});

describe("what is kept", () => {
  test("is let go when the last that waits for it has ended", () => {
    const frontier = frontierOf(startedRun(diamond), did.succeed("a"), did.succeed("b"));
    expect(frontier.size).toBe(2);
    frontier.apply(did.succeed("c"));
    expect(frontier.size).toBe(2);
    frontier.apply(did.fail("d"));
    expect(frontier.size).toBe(0);
  });

  test("is not kept at all for a result, nor where all that wait have ended already", () => {
    expect(frontierOf(startedRun(graphOf(["a"])), did.succeed("a")).size).toBe(0);
    const pair = graphOf(["a", { id: "b", task: "b", after: ["a"] }]);
    expect(frontierOf(startedRun(pair), did.cancel("b"), did.cancel("a")).size).toBe(0);
  });

  test("stays through a retry of the one that waits", () => {
    const pair = graphOf(["a", { id: "b", task: "b", needs: ["a"] }]);
    const events = [startedRun(pair), did.succeed("a"), did.start("b"), did.retry("b"), did.due("b")];
    expect(frontierOf(...events).handoversTo("b")).toHaveLength(1);
  });

  test("of any graph is at any time exactly what a step that has not ended may still ask for", () => {
    fc.assert(
      fc.property(graphDocuments({ stepsMax: 30 }), fc.infiniteStream(fc.nat()), (graph, choices) => {
        const frontier = frontierOf(startedRun(graph));
        const ended = new Set<string>();
        const left = graph.steps.map(({ id }) => id);
        while (left.length > 0) {
          const free = left.filter((id) => {
            const { needs = [], after = [] } = graph.steps.find((step) => step.id === id)!;
            return [...needs, ...after].every((dependency) => ended.has(dependency));
          });
          const next = free[choices.next().value! % free.length]!;
          frontier.apply(did.succeed(next, next));
          ended.add(next);
          left.splice(left.indexOf(next), 1);
          const waiting = graph.steps.filter(({ id }) => !ended.has(id));
          const needed = new Set(waiting.flatMap(({ needs = [], after = [] }) => [...needs, ...after]));
          expect(frontier.size).toBe([...needed].filter((id) => ended.has(id)).length);
          for (const { id, needs = [], after = [] } of waiting) {
            const expected = [...new Set([...needs, ...after])].filter((dependency) => ended.has(dependency));
            expect(frontier.handoversTo(id).map(({ step }) => step)).toEqual(expected);
          }
        }
        expect(frontier.size).toBe(0);
      }),
    );
  });
});
