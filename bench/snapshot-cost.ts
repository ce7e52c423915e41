import { memoryJournal, openRuntime } from "runfold";
import { graphOf } from "./engines.ts";
import { chain } from "./shapes.ts";

/** Microseconds an event that a subscriber to `snapshot$` adds, in a small and in a large run of one step at a time. */
export async function snapshotCosts(): Promise<string> {
  const small = await snapshotMicroseconds(16, 600);
  const large = await snapshotMicroseconds(10_000, 4);
  return `${small.toFixed(2)} µs a step at 16 steps, ${large.toFixed(2)} at 10 000: ${(large / small).toFixed(2)} times.`;
}

async function snapshotMicroseconds(size: number, rounds: number): Promise<number> {
  const graph = graphOf(chain(size));
  let fastest = Number.POSITIVE_INFINITY;
  for (let round = 0; round < rounds; round++) {
    const runtime = await openRuntime({ journal: memoryJournal() });
    let running = 0;
    const startedAt = performance.now();
    const run = await runtime.start(graph);
    run.snapshot$.subscribe(({ counts }) => (running += counts.running));
    await run.wait({ until: "end" });
    fastest = Math.min(fastest, ((performance.now() - startedAt) * 1_000) / size);
    if (running === 0) throw new Error("No snapshot was seen.");
    await runtime.close();
  }
  return fastest;
}
