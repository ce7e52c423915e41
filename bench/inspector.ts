import { memoryJournal, openRuntime } from "runfold";
import type { Graph } from "runfold";
import { inspectRun } from "runfold/inspect";
import { graphOf } from "./engines.ts";
import { chain, fanOut, layered } from "./shapes.ts";

interface Timed {
  /** From the start of the run to its end. */
  readonly runMs: number;
  /** To the moment when the inspector has everything. */
  readonly allMs: number;
  readonly messages: number;
  readonly chars: number;
}

async function timed(graph: Graph, isInspected: boolean): Promise<Timed> {
  const runtime = await openRuntime({ journal: memoryJournal() });
  let chars = 0;
  // As an adapter of the published package does before it sends.
  const adapter = { send: (message: object): void => void (chars += JSON.stringify(message).length) };
  const startedAt = performance.now();
  const run = await runtime.start(graph);
  const inspecting = isInspected ? inspectRun(run, { adapter }) : undefined;
  await run.wait({ until: "end" });
  const runMs = performance.now() - startedAt;
  const end = await inspecting?.ended;
  if (end !== undefined && end.why !== "ended") throw end.error;
  const allMs = performance.now() - startedAt;
  await runtime.close();
  return { runMs, allMs, messages: end?.messages ?? 0, chars };
}

/** A run with an inspector on against the same run without, best of several, off and on in turn. */
export async function inspectorCosts(size = 1_000, rounds = 100): Promise<string> {
  const ratios: string[] = [];
  let told = "";
  for (const shape of [chain(size), fanOut(size), layered(size)]) {
    const graph = graphOf(shape);
    const best = { off: Number.POSITIVE_INFINITY, run: Number.POSITIVE_INFINITY, all: Number.POSITIVE_INFINITY };
    for (let round = 0; round < rounds; round++) {
      best.off = Math.min(best.off, (await timed(graph, false)).runMs);
      const on = await timed(graph, true);
      best.run = Math.min(best.run, on.runMs);
      best.all = Math.min(best.all, on.allMs);
      told = `${on.messages} messages, ${(on.chars / 1_024).toFixed(0)} KiB`;
    }
    const [run, all] = [best.run / best.off, best.all / best.off];
    ratios.push(`${shape.name} ${run.toFixed(2)} times until the run's end, ${all.toFixed(2)} until all is sent`);
  }
  return `${size} steps against the same without: ${ratios.join("; ")} (${told}).`;
}
