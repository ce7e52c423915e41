import type { Commit } from "../../src/domain/commit.ts";
import { recordedEvents, commitStart } from "../../src/domain/commit.ts";
import type { Position } from "../../src/domain/ids.ts";
import type { Json } from "../../src/domain/json.ts";
import { evolve } from "../../src/machines/evolve.ts";
import { initialState } from "../../src/machines/run-state.ts";
import type { RunState } from "../../src/machines/run-state.ts";
import { Frontier } from "../../src/projections/frontier.ts";
import { MaterialIndex, audienceOf } from "../../src/projections/material.ts";
import { MessageBook } from "../../src/projections/messages.ts";
import { NoticeBook } from "../../src/projections/notices.ts";
import { summaryOf } from "../../src/projections/run-summary.ts";
import { RunView } from "../../src/projections/run-view.ts";
import { timelineOf } from "../../src/projections/timeline.ts";

/** What every view tells of a journal, as JSON: the facts that a later version must still find in it. */
export function factsOf(commits: readonly Commit[]): Json {
  const state = initialState();
  const view = new RunView();
  const frontier = new Frontier();
  const material = new MaterialIndex();
  const messages = new MessageBook();
  const notices = new NoticeBook();
  const handedTo: unknown[] = [];
  for (const commit of commits) {
    for (const { event, at, position } of recordedEvents(commit, commitStart(commit))) {
      evolve(state, event, at);
      view.apply(event, at);
      frontier.apply(event);
      messages.apply(event);
      notices.apply(event, at, position);
      const audience = audienceOf(event, (step) => isSink(state, step));
      if (audience !== undefined) material.add(audience, event, position);
      if (event.type === "step.started") {
        const handovers = frontier.handoversTo(event.step);
        if (handovers.length > 0) handedTo.push({ position, step: event.step, handovers });
      }
    }
  }
  const snapshot = view.snapshot();
  const forStep = (id: string, endedAt: Position | undefined) => [id, material.forStep(id, endedAt, 0)] as const;
  const steps = [...snapshot.steps].map(({ id, endedAtPosition }) => forStep(id, endedAtPosition));
  const facts = {
    snapshot,
    timeline: timelineOf(commits.flatMap((commit) => [...recordedEvents(commit, 0)])),
    summary: summaryOf(state, commits.at(-1)!.at),
    material: { forRun: material.forRun(0), forStep: Object.fromEntries(steps) },
    messages: messages.list(),
    notices: notices.list(),
    handedTo,
    heldAtTheEnd: frontier.size,
  };
  return JSON.parse(JSON.stringify(facts)) as Json;
}

function isSink({ plan }: RunState, step: string): boolean {
  const number = plan.numberOf.get(step);
  return number !== undefined && plan.sinks.includes(number);
}

/** The first places where the facts of before are missing or differ; what came in addition is none of them. */
export function lostFacts(before: Json, after: Json | undefined, path = ""): string[] {
  if (typeof before !== "object" || before === null || typeof after !== "object" || after === null) {
    return Object.is(before, after) ? [] : [`${path}: ${brief(before)} became ${brief(after)}`];
  }
  if (Array.isArray(before) !== Array.isArray(after))
    return [`${path}: a list became an object, or the other way round`];
  if (Array.isArray(before) && Array.isArray(after) && before.length !== after.length) {
    return [`${path}: ${before.length} entries became ${after.length}`];
  }
  const later = new Map(Object.entries(after));
  return Object.entries(before).flatMap(([key, value]) => lostFacts(value, later.get(key), `${path}/${key}`));
}

function brief(value: Json | undefined): string {
  return (JSON.stringify(value) ?? "nothing").slice(0, 200);
}
