import { foldProjection, memoryJournal, openRuntime } from "runfold";
import type { Projection, RecordedEvent } from "runfold";
import { graphOf } from "./engines.ts";
import { layered } from "./shapes.ts";

interface Counts {
  byType: Record<string, number>;
}

const counts: Projection<Counts> = {
  initial: { byType: {} },
  apply: (draft, { event }) => {
    draft.byType[event.type] = (draft.byType[event.type] ?? 0) + 1;
  },
};

/** Events a second through the run's own view (opening a finished run) and through a user's projection. */
export async function foldRates(): Promise<string> {
  const journal = memoryJournal();
  const runtime = await openRuntime({ journal });
  const run = await runtime.start(graphOf(layered(100_000)));
  await run.wait({ until: "end" });
  const events: RecordedEvent[] = [];
  for await (const recorded of run.events()) events.push(recorded);
  const opened = await timed(() => runtime.get(run.id));
  const folded = await timed(() => foldProjection(counts, events));
  await runtime.close();
  const rate = (ms: number): string => `${(events.length / ms / 1_000).toFixed(2)} million events/s`;
  return `run view from the journal ${rate(opened)}, a user's projection ${rate(folded)} (${events.length} events).`;
}

async function timed(work: () => unknown): Promise<number> {
  let fastest = Number.POSITIVE_INFINITY;
  for (let round = 0; round < 5; round++) {
    const startedAt = performance.now();
    await work();
    fastest = Math.min(fastest, performance.now() - startedAt);
  }
  return fastest;
}
