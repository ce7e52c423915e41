import { describe, expect, test } from "vitest";
import { defineGraph, limits, memoryJournal, openRuntime, step, task } from "runfold";
import type { Executor, Journal, Runtime } from "runfold";
import { eventsOf, Held, openWorld, turns, words } from "./world.ts";
import { journalWith } from "../../../src/ports/journal-with.ts";

function heldGraph() {
  const held = new Held();
  return { held, graph: defineGraph("held", { objective: "Hold.", steps: [step("a", { run: task(held.call) })] }) };
}

/** A journal that outlives the runtimes on it. */
function keptOpen(journal = memoryJournal()): { journal: Journal; inner: Journal } {
  return { inner: journal, journal: journalWith(journal, { close: () => Promise.resolve() }) };
}

const executor = (kinds: Executor["kinds"], close: () => Promise<void>): Executor => ({
  kinds,
  execute: () => Promise.resolve({ type: "succeeded", output: { value: null } }),
  close,
});

describe("closing", () => {
  test("cancels what runs, waits for its end, and commits it", async () => {
    const { journal, inner } = keptOpen();
    const { runtime } = await openWorld({ journal });
    const { held, graph } = heldGraph();
    const run = await runtime.start(graph);
    await held.started();
    held.signals[0]!.addEventListener("abort", () => held.fail(new Error("told to stop")));
    await runtime.close();
    expect(words(await eventsOf(inner, run))).toEqual([
      "run started",
      "a started",
      "run cancelRequested",
      "a abortRequested",
      "a canceled",
      "run settled",
    ]);
    expect(run.snapshot().status).toBe("canceled");
  });

  test("gives up what does not end when its grace is over", async () => {
    const { journal, inner } = keptOpen();
    const { runtime, clock } = await openWorld({ journal, abortGraceMs: 1_000 });
    const { held, graph } = heldGraph();
    const run = await runtime.start(graph);
    await held.started();
    const closing = runtime.close();
    await turns();
    await clock.advance(1_000);
    expect(run.snapshot().status).toBe("canceling");
    await clock.advance(limits.attemptGiveUpMs);
    await closing;
    expect(run.snapshot().status).toBe("canceled");
    expect(words(await eventsOf(inner, run)).slice(-3)).toEqual(["a recorded", "a canceled", "run settled"]);
    expect([clock.armed, clock.armedInBackground]).toEqual([0, 0]);
  });

  test("twice is closing once", async () => {
    let closes = 0;
    const inner = memoryJournal();
    const journal = journalWith(inner, {
      close: async () => {
        closes++;
        await inner.close();
      },
    });
    const { runtime } = await openWorld({ journal });
    await Promise.all([runtime.close(), runtime.close()]);
    await runtime.close();
    expect(closes).toBe(1);
  });

  test("refuses whatever comes after it", async () => {
    const { runtime } = await openWorld();
    const { graph } = heldGraph();
    const closing = runtime.close();
    const closed = { code: "runtime.closed" };
    await expect(runtime.start(graph)).rejects.toMatchObject(closed);
    await closing;
    await expect(runtime.start(graph)).rejects.toMatchObject(closed);
    await expect(runtime.get("x")).rejects.toMatchObject(closed);
    await expect(runtime.list()).rejects.toMatchObject(closed);
  });

  test("while runs are being started leaves none behind that nobody ends", async () => {
    const { journal, inner } = keptOpen();
    const { runtime, clock } = await openWorld({ journal });
    const { graph } = heldGraph();
    const starts = Promise.allSettled(["a", "b", "c"].map((id) => runtime.start(graph, { id })));
    const closing = runtime.close();
    const late = runtime.start(graph, { id: "d" }).catch((error: unknown) => error);
    await turns();
    await clock.advance(60_000);
    await closing;
    await starts;
    expect(await late).toMatchObject({ code: "runtime.closed" });
    for (const { run } of await inner.list()) {
      expect(words(await eventsOf(inner, run)).at(-1)).toBe("run settled");
    }
  });

  test("at any moment of a start either refuses the start or ends the run", async () => {
    const results: string[] = [];
    for (let moment = 0; moment < 30; moment++) {
      const { journal, inner } = keptOpen();
      const { runtime, clock } = await openWorld({ journal });
      const { graph } = heldGraph();
      const starting = runtime.start(graph, { id: "x" }).then(
        () => "started",
        () => "refused",
      );
      for (let tick = 0; tick < moment; tick++) await Promise.resolve();
      const closing = runtime.close();
      await turns();
      await clock.advance(60_000);
      await closing;
      const last = words(await eventsOf(inner, "x")).at(-1) ?? "nothing";
      results.push(`${await starting}, ${last}`);
    }
    expect(new Set(results).size).toBeLessThanOrEqual(2);
    for (const result of results) expect(["refused, nothing", "started, run settled"]).toContain(result);
  });

  test("closes each executor once, whatever they do", async () => {
    const closes: string[] = [];
    const { runtime } = await openWorld({
      executors: [
        executor(["agent", "shell"], async () => void closes.push("agent")),
        executor(["task"], () => {
          closes.push("task");
          return Promise.reject(new Error("boom"));
        }),
        executor(["command"], () => {
          throw new Error("boom");
        }),
      ],
    });
    await runtime.close();
    expect(closes.toSorted()).toEqual(["agent", "task"]);
  });

  test("comes by itself at the end of a block that uses the runtime", async () => {
    let left: Runtime;
    {
      await using runtime = await openRuntime();
      left = runtime;
      expect(await runtime.list()).toEqual([]);
    }
    await expect(left.list()).rejects.toMatchObject({ code: "runtime.closed" });
  });

  test("ends a wait on a run of another process, with the reason", async () => {
    const { journal } = keptOpen();
    const writer = await openWorld({ journal });
    const { held, graph } = heldGraph();
    await writer.runtime.start(graph, { id: "x" });
    await held.started();
    const { runtime } = await openWorld({ journal });
    const run = await runtime.get("x");
    const waiting = run!.wait({ until: "end" }).catch((error: unknown) => error);
    const reading = run!.events().next();
    await reading;
    await runtime.close();
    expect(await waiting).toMatchObject({ code: "runtime.closed" });
    expect(run!.snapshot().status).toBe("running");
    held.succeed();
  });
});
