import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PGraph } from "p-graph";
import { defineGraph, memoryJournal, openRuntime, step, task } from "runfold";
import type { Graph, Journal, Step } from "runfold";
import { sqliteJournal } from "runfold/sqlite";
import type { Shape } from "./shapes.ts";

/** Slots: wide enough that an engine, not its limit, is measured. */
const concurrency = 1_000;

/** Runs a shape once and says how long it took, from the call to the end, in milliseconds. */
export interface Engine {
  readonly name: string;
  prepare(shape: Shape): Prepared;
}

/** With `isWeighed` the heap is measured too, which takes two full collections and so spoils the time. */
export type Prepared = (isWeighed?: boolean) => Promise<Measured>;

export interface Measured {
  readonly ms: number;
  /** Heap that the finished run still holds, where it was asked for. */
  readonly heapBytes?: number;
}

export function graphOf({ name, needs }: Shape): Graph {
  const noop = task(() => undefined);
  const steps: Step[] = [];
  for (const [number, before] of needs.entries()) {
    const named: Record<string, Step> = {};
    for (const needed of before) named[`s${needed}`] = steps[needed]!;
    steps.push(step(`s${number}`, { needs: named, run: noop }));
  }
  return defineGraph(name, { objective: "Measure the engine", steps, limits: { concurrency } });
}

async function runGraph(graph: Graph, journal: Journal, isWeighed: boolean): Promise<Measured> {
  const runtime = await openRuntime({ journal });
  if (isWeighed) globalThis.gc?.();
  const before = process.memoryUsage().heapUsed;
  const startedAt = performance.now();
  const run = await runtime.start(graph);
  const receipt = await run.wait({ until: "end" });
  const ms = performance.now() - startedAt;
  if (receipt.run.status !== "succeeded") throw new Error(`The run ended ${receipt.run.status}.`);
  if (isWeighed) globalThis.gc?.();
  const heapBytes = process.memoryUsage().heapUsed - before;
  await runtime.close();
  return isWeighed ? { ms, heapBytes } : { ms };
}

export const onMemory: Engine = {
  name: "runfold, memory",
  prepare: (shape) => {
    const graph = graphOf(shape);
    return (isWeighed = false) => runGraph(graph, memoryJournal(), isWeighed);
  },
};

export const onSqlite: Engine = {
  name: "runfold, SQLite, every commit durable",
  prepare: (shape) => {
    const graph = graphOf(shape);
    return async () => {
      const directory = await mkdtemp(join(tmpdir(), "runfold-bench-"));
      try {
        return await runGraph(graph, sqliteJournal(join(directory, "runs.db")), false);
      } finally {
        await rm(directory, { recursive: true });
      }
    };
  },
};

/** The least that any engine must do: one promise a step, awaiting those before it. No journal, no states, no limits. */
export const rawPromises: Engine = {
  name: "raw promises",
  prepare:
    ({ needs }) =>
    async () => {
      const startedAt = performance.now();
      const ends: Promise<void>[] = [];
      const work = async (before: readonly number[]): Promise<void> => {
        await Promise.all(before.map((number) => ends[number]!));
      };
      for (const before of needs) ends.push(work(before));
      await Promise.all(ends);
      return { ms: performance.now() - startedAt };
    },
};

export const withPGraph: Engine = {
  name: "p-graph",
  prepare: ({ needs }) => {
    const nodes = new Map(needs.map((_, number) => [`s${number}`, { run: () => Promise.resolve() }]));
    const edges = needs.flatMap((before, number) =>
      before.map((needed): [string, string] => [`s${needed}`, `s${number}`]),
    );
    return async () => {
      const startedAt = performance.now();
      await new PGraph(nodes, edges).run({ concurrency });
      return { ms: performance.now() - startedAt };
    };
  },
};
