import * as fc from "fast-check";
import { expect, test } from "vitest";
import type { Commit } from "../../src/domain/commit.ts";
import type { Event } from "../../src/domain/events.ts";
import type { GraphDocument, StepDocument } from "../../src/domain/graph-document.ts";
import { Frontier } from "../../src/projections/frontier.ts";
import { RunView } from "../../src/projections/run-view.ts";
import { mustBe } from "../support/must-be.ts";
import { record, reread } from "../support/record-run.ts";
import { scenarios } from "../support/run-arbitrary.ts";

const numRuns = 150;

test("the view of a journal that was read again is the live view, after each commit, and no snapshot ever changes", () => {
  fc.assert(
    fc.property(scenarios({ stepsMax: 100 }), (scenario) => {
      const { commits } = record(scenario);
      const live = new RunView();
      const taken: { readonly snapshot: object; readonly text: string }[] = [];
      const rebuilt = new RunView();
      for (const [index, commit] of reread(commits).entries()) {
        see(live, commits[index]!);
        see(rebuilt, commit);
        // Only now and then, so that chunks are shared over several commits.
        if (index % 3 === 0 || index === commits.length - 1) {
          const snapshot = live.snapshot();
          const text = JSON.stringify(snapshot);
          mustBe(JSON.stringify(rebuilt.snapshot()), text, `the view at ${commit.position}`);
          taken.push({ snapshot, text });
        }
      }
      for (const { snapshot, text } of taken) mustBe(JSON.stringify(snapshot), text, "an old snapshot");
      expect(live.position).toBe(commits.at(-1)!.position);
    }),
    { numRuns },
  );
});

test("a view counts its steps as they are, and its cursor is at its last event", () => {
  fc.assert(
    fc.property(scenarios(), (scenario) => {
      const view = new RunView();
      for (const commit of record(scenario).commits) {
        see(view, commit);
        const { counts, steps, position } = view.snapshot();
        const counted: Record<string, number> = {};
        for (const { status } of steps) counted[status] = (counted[status] ?? 0) + 1;
        for (const [status, count] of Object.entries(counts))
          mustBe(count, counted[status] ?? 0, `the ${status} steps`);
        expect(position).toBe(commit.position);
      }
    }),
    { numRuns: numRuns / 3 },
  );
});

test("the frontier holds exactly what dependents that have not ended may be handed, and nothing at the end", () => {
  fc.assert(
    fc.property(scenarios({ stepsMax: 30 }), (scenario) => {
      const { graph } = scenario;
      const frontier = new Frontier();
      const ended = new Map<string, Event>();
      let isSettled = false;
      for (const { events } of record(scenario).commits) {
        for (const event of events) {
          frontier.apply(event);
          if (isEndOfStep(event)) ended.set(event.step, event);
          isSettled ||= event.type === "run.settled";
          const live = graph.steps.filter(({ id }) => !isSettled && !ended.has(id));
          const held = new Set(live.flatMap(dependenciesOf).filter((id) => ended.has(id)));
          mustBe(frontier.size, held.size, `the hand-overs after ${event.type}`);
          for (const step of live) checkHandovers(frontier, step, ended);
        }
      }
      expect(frontier.size, "hand-overs at the end").toBe(0);
    }),
    { numRuns },
  );
});

function see(view: RunView, { events, at }: Commit): void {
  for (const event of events) view.apply(event, at);
}

type StepEnd = Extract<
  Event,
  { type: "step.succeeded" | "step.failed" | "step.timedOut" | "step.canceled" | "step.blocked" }
>;

function isEndOfStep(event: Event): event is StepEnd {
  return ["step.succeeded", "step.failed", "step.timedOut", "step.canceled", "step.blocked"].includes(event.type);
}

function dependenciesOf({ needs = [], after = [] }: GraphDocument["steps"][number]): string[] {
  return [...new Set([...needs, ...after])];
}

/** Needs in their order, then what it comes after, each once; each with how it ended and what it gave. */
function checkHandovers(frontier: Frontier, step: StepDocument, ended: ReadonlyMap<string, Event>): void {
  const expected = dependenciesOf(step).flatMap((id) => {
    const end = ended.get(id);
    if (end === undefined) return [];
    const output = "output" in end ? end.output : undefined;
    const partial = "partial" in end ? end.partial : undefined;
    return [[id, end.type.slice("step.".length), output, partial]];
  });
  const handed = frontier
    .handoversTo(step.id)
    .map(({ step: id, status, output, partial }) => [id, status, output, partial]);
  mustBe(JSON.stringify(handed), JSON.stringify(expected), `what is handed to ${step.id}`);
}
