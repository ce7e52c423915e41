import * as fc from "fast-check";
import { expect, test } from "vitest";
import type { Commit } from "../../src/domain/commit.ts";
import { evolve } from "../../src/machines/evolve.ts";
import { initialState } from "../../src/machines/run-state.ts";
import { restoreState, saveState } from "../../src/machines/saved-state.ts";
import { MaterialIndex } from "../../src/projections/material.ts";
import { MessageBook } from "../../src/projections/messages.ts";
import { NoticeBook } from "../../src/projections/notices.ts";
import { RunView } from "../../src/projections/run-view.ts";
import { RunStream } from "../../src/actors/run-stream.ts";
import { factsOf, record, reread } from "../support/record-run.ts";
import { scenarios } from "../support/run-arbitrary.ts";

/** What a checkpoint keeps goes through the journal as JSON. */
function throughJson<Value>(value: Value): Value {
  return JSON.parse(JSON.stringify(value));
}

function folded(commits: readonly Commit[]): {
  readonly state: ReturnType<typeof initialState>;
  readonly stream: RunStream;
} {
  const state = initialState();
  for (const { events, at } of commits) for (const event of events) evolve(state, event, at);
  const stream = new RunStream(() => undefined);
  stream.publish(commits);
  return { state, stream };
}

test("a state and a view that were saved anywhere, and folded on from there, are those of the whole journal, byte for byte", () => {
  fc.assert(
    fc.property(scenarios({ stepsMax: 25 }), fc.nat(), (scenario, place) => {
      const commits = reread(record(scenario).commits);
      const cut = 1 + (place % commits.length);
      const before = folded(commits.slice(0, cut));
      const whole = folded(commits);

      const state = restoreState(throughJson(saveState(before.state)), scenario.graph)!;
      const view = RunView.restore(throughJson(before.stream.view.save()), scenario.graph);
      const material = MaterialIndex.restore(throughJson(before.stream.material.save()));
      const messages = MessageBook.restore(throughJson(before.stream.messages.save()));
      const notices = NoticeBook.restore(throughJson(before.stream.notices.list()), before.stream.notices.last);
      const { frontier } = before.stream;
      expect(factsOf(state)).toBe(factsOf(before.state));
      expect(JSON.stringify(view.snapshot())).toBe(JSON.stringify(before.stream.view.snapshot()));

      const stream = new RunStream(() => undefined, { view, frontier, material, messages, notices });
      stream.publish(commits.slice(cut));
      for (const { events, at } of commits.slice(cut)) for (const event of events) evolve(state, event, at);
      expect(factsOf(state)).toBe(factsOf(whole.state));
      expect(JSON.stringify(stream.view.snapshot())).toBe(JSON.stringify(whole.stream.view.snapshot()));
      expect(stream.material.forRun(0)).toEqual(whole.stream.material.forRun(0));
      expect(stream.notices.list()).toEqual(whole.stream.notices.list());
      expect(stream.messages.save()).toEqual(whole.stream.messages.save());
      for (const { id } of scenario.graph.steps) {
        expect(stream.material.forStep(id, undefined, 0)).toEqual(whole.stream.material.forStep(id, undefined, 0));
        expect(stream.frontier.handoversTo(id)).toEqual(whole.stream.frontier.handoversTo(id));
      }
    }),
  );
});
