import type { RecordedEvent, Run } from "runfold";
import { recordedPage } from "runfold/viewer";
import { RunView } from "../../../src/projections/run-view.ts";

/** One page with these events in it, as `runfold export RUN --html` writes it. */
export async function pageOf(events: readonly RecordedEvent[], pageDirectory: string): Promise<string> {
  const view = new RunView();
  for (const { event, at } of events) view.apply(event, at);
  const snapshot = view.snapshot();
  const run = {
    id: snapshot.id,
    snapshot: () => snapshot,
    events: async function* () {
      yield* events;
    },
  } as unknown as Run;
  let page = "";
  for await (const part of recordedPage(run, { pageDirectory })) page += part;
  return page;
}
