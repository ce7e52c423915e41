import { expect, it } from "vitest";
import { RunModel } from "../../../../src/viewer/page/state/run-model.ts";
import { smallStory } from "../../../support/viewer/stories.ts";
import { tellRun } from "../../../support/viewer/told-run.ts";

it("shows a run that is followed until now, and until the connection was there last where it is lost", () => {
  const events = tellRun(smallStory()).slice(0, 5);
  const { at } = events.at(-1)!;
  const model = new RunModel("r1");
  model.take(events, "life");
  model.show();
  expect(model.now.value).toBe(at);
  model.connection.value = "live";
  model.clock.value = at + 5_000;
  expect(model.now.value).toBe(at + 5_000);
  model.connection.value = "reconnecting";
  expect(model.now.value).toBe(at + 5_000);
  model.goTo(2);
  expect(model.now.value, "the past is as it was").toBe(events[1]!.at);
});
