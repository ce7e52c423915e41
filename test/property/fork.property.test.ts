import * as fc from "fast-check";
import { expect, test } from "vitest";
import { verify } from "runfold";
import { commitSchema } from "../../src/domain/commit.ts";
import type { Commit } from "../../src/domain/commit.ts";
import type { GraphDocument } from "../../src/domain/graph-document.ts";
import { decide, isRefusal } from "../../src/machines/decide.ts";
import type { Input } from "../../src/domain/inputs.ts";
import { Frontier } from "../../src/projections/frontier.ts";
import { RunView } from "../../src/projections/run-view.ts";
import { isLive } from "../../src/machines/run-state.ts";
import { eventsOf, factsOf, foldAll, record, reread } from "../support/record-run.ts";
import { scenarios } from "../support/run-arbitrary.ts";

function forkInput(commits: readonly Commit[], graph?: GraphDocument): Input {
  const position = commits.at(-1)!.position;
  const owner = { host: "here", pid: 2, processStart: "2" };
  const from = { run: "run-1", life: "life", position };
  const edited = graph === undefined ? {} : { graph };
  return { type: "run.fork", run: "fork-1", life: "life-2", from, ...edited, root: "/work", places: [], owner };
}

/** Goes on from a past: a fork, then every attempt succeeds. */
function goOn(past: readonly Commit[], graph?: GraphDocument): readonly Commit[] | string {
  const state = foldAll(past);
  const commits = [...past];
  const at = past.at(-1)!.at + 10;
  const take = (input: Input): string | undefined => {
    const decision = decide(state, input, at);
    if (isRefusal(decision)) return decision.refused;
    commits.push({ schema: commitSchema, position: state.position, at, input, events: decision });
    return undefined;
  };
  const refused = take(forkInput(past, graph));
  if (refused !== undefined) return refused;
  for (let turn = 0; isLive(state) && turn < 10_000; turn++) {
    const { plan, phases } = state;
    for (const [number, id] of plan.ids.entries()) {
      const attempt = state.attempts[number]!;
      take({ type: "step.succeed", step: id, attempt, output: { value: "in the fork" } });
      take({ type: "step.fail", step: id, attempt, failure: { kind: "aborted", message: "Stopped." }, jitter: 0 });
      if (phases[number] !== undefined) take({ type: "step.retry", step: id, attempt });
    }
  }
  return commits;
}

test("a fork at the end of any commit keeps its past, runs the rest to its end, and can be decided again", () => {
  fc.assert(
    fc.property(scenarios({ stepsMax: 20 }), fc.nat(), (scenario, place) => {
      const { commits } = record(scenario);
      const past = reread(commits.slice(0, 1 + (place % commits.length)));
      const before = foldAll(past);
      const forked = goOn(past);
      expect(forked === "past").toBe(before.phase !== "running");
      if (before.phase !== "running") return;
      if (typeof forked === "string") throw new Error(`A run that goes on was not forked: ${forked}`);
      expect(forked.slice(0, past.length)).toEqual(past);
      expect(verify(reread(forked))).toMatchObject({ ok: true, commits: forked.length });
      const state = foldAll(reread(forked));
      expect(factsOf(state)).toBe(factsOf(foldAll(forked)));
      expect(isLive(state)).toBe(false);
      expect({ run: state.run, life: state.life, epoch: state.epoch }).toEqual({
        run: "fork-1",
        life: "life-2",
        epoch: 1,
      });
      // What had ended by then is not started again, and nothing else of it changes.
      const ended = new Set(
        eventsOf(past).flatMap((event) => (isEnd(event.type) && "step" in event ? [event.step] : [])),
      );
      const later = eventsOf(forked.slice(past.length));
      expect(
        later.filter((event) => event.type.startsWith("step.") && "step" in event && ended.has(event.step)),
      ).toEqual([]);
    }),
  );
});

test("an edited graph may change, add and take out what had not begun, and nothing else", () => {
  fc.assert(
    fc.property(scenarios({ stepsMax: 15, isCalm: true }), fc.nat(), fc.nat(), (scenario, place, choice) => {
      const { commits } = record(scenario);
      const past = reread(commits.slice(0, 1 + (place % commits.length)));
      const before = foldAll(past);
      fc.pre(before.phase === "running");
      const { graph } = scenario;
      const number = choice % graph.steps.length;
      const hasBegun = before.attempts[number]! > 0 || before.phases[number] !== 0;
      const edited: GraphDocument = {
        ...graph,
        // The new step comes first, so that every number changes, and needs one that may have ended long ago.
        steps: [
          { id: "added", task: "added", after: [graph.steps[number]!.id] },
          ...graph.steps.map((step, index) => (index === number ? { ...step, task: "edited" } : step)),
        ],
      };
      const forked = goOn(past, edited);
      expect(forked === "past").toBe(hasBegun);
      const kept = { ...edited, steps: [edited.steps[0]!, ...graph.steps] };
      expect(typeof goOn(past, kept)).not.toBe("string");
      if (hasBegun) return;
      if (typeof forked === "string") throw new Error(`An edit of what has not begun was refused: ${forked}`);
      expect(verify(reread(forked))).toMatchObject({ ok: true });
      const view = new RunView();
      for (const { events, at } of forked) for (const event of events) view.apply(event, at);
      expect(view.snapshot().steps.at(0)).toMatchObject({ id: "added", status: "succeeded" });
      expect(view.snapshot().counts.pending).toBe(0);
      expect(view.snapshot().steps.get(graph.steps[number]!.id)!.definition.task).toBe("edited");
    }),
  );
});

test("after a fork the frontier hands on, or names as missing, what every step is to be given", () => {
  fc.assert(
    fc.property(scenarios({ stepsMax: 15, isCalm: true }), fc.nat(), (scenario, place) => {
      const { commits } = record(scenario);
      const past = commits.slice(0, 1 + (place % commits.length));
      fc.pre(foldAll(past).phase === "running");
      const { graph } = scenario;
      const added = { id: "added", task: "added", after: graph.steps.map(({ id }) => id) };
      const forked = goOn(past, { ...graph, steps: [...graph.steps, added] });
      if (typeof forked === "string") throw new Error(forked);
      const frontier = new Frontier();
      for (const event of eventsOf(forked.slice(0, past.length + 1))) frontier.apply(event);
      // The fork itself may end a step: one that was being stopped, or that now needs what has failed.
      const ended = eventsOf(forked.slice(0, past.length + 1)).flatMap((event) =>
        isEnd(event.type) && "step" in event ? [event.step] : [],
      );
      const known = frontier.handoversTo("added").map(({ step }) => step);
      expect([...known, ...frontier.gaps()].toSorted()).toEqual(ended.toSorted());
    }),
  );
});

function isEnd(type: string): boolean {
  return ["step.succeeded", "step.failed", "step.timedOut", "step.canceled", "step.blocked"].includes(type);
}
