import { describe, expect, test } from "vitest";
import { defineGraph, isRunfoldError, memoryJournal, parseGraph, step, task } from "runfold";
import type { Graph } from "runfold";
import { eventsOf, Held, openWorld, turns, words } from "./world.ts";
import { journalWith } from "../../../src/ports/journal-with.ts";

function graphOf(name: string, run = (): unknown => 1, cwd?: string): Graph {
  const only = step("a", { run: task(run), ...(cwd === undefined ? {} : { cwd }) });
  return defineGraph(name, { objective: "Try.", steps: [only] });
}

function heldGraph(name = "held") {
  const held = new Held();
  return { held, graph: defineGraph(name, { objective: "Hold.", steps: [step("a", { run: task(held.call) })] }) };
}

describe("starting", () => {
  test("the same id again gives the same run, while it is live and after it has ended", async () => {
    const { runtime, journal } = await openWorld();
    const { held, graph } = heldGraph();
    const first = await runtime.start(graph, { id: "same" });
    expect(await runtime.start(graph, { id: "same" })).toBe(first);
    await held.started();
    held.succeed();
    await first.outcome();
    const again = await runtime.start(graph, { id: "same" });
    expect([again.id, again.snapshot().status, held.calls]).toEqual(["same", "succeeded", 1]);
    expect(words(await eventsOf(journal, "same")).filter((word) => word === "run started")).toHaveLength(1);
  });

  test("many times at once starts one run", async () => {
    const { runtime } = await openWorld();
    const { held, graph } = heldGraph();
    const runs = await Promise.all(Array.from({ length: 20 }, () => runtime.start(graph, { id: "once" })));
    await held.started();
    expect([new Set(runs).size, held.calls]).toEqual([1, 1]);
  });

  test("another graph under a taken id is refused, at once and at the same time", async () => {
    const { runtime } = await openWorld();
    const both = await Promise.allSettled([
      runtime.start(graphOf("one"), { id: "taken" }),
      runtime.start(graphOf("two"), { id: "taken" }),
    ]);
    expect(both.map(({ status }) => status)).toEqual(["fulfilled", "rejected"]);
    await expect(runtime.start(graphOf("two"), { id: "taken" })).rejects.toMatchObject({ code: "run.conflicting" });
  });

  test("does not fail for what was wrong with another start of the same id", async () => {
    const { runtime } = await openWorld();
    const both = await Promise.allSettled([
      runtime.start(
        graphOf("bad", () => 1, "no-such-directory"),
        { id: "x" },
      ),
      runtime.start(graphOf("good"), { id: "x" }),
    ]);
    expect(both[0]).toMatchObject({ status: "rejected", reason: { code: "graph.invalid" } });
    expect(both[1]).toMatchObject({ status: "fulfilled" });
  });

  test.each(["", " ", "../x", "-a", "_a", "a b", "a\n", "a\u0000", "é", "a".repeat(65), "__proto__"])(
    "the id %j is refused",
    async (id) => {
      const { runtime, journal } = await openWorld();
      await expect(runtime.start(graphOf("x"), { id })).rejects.toMatchObject({ code: "run.idInvalid" });
      expect(await runtime.get(id)).toBeUndefined();
      expect(await journal.list()).toEqual([]);
    },
  );

  test.each(["constructor", "toString", "a".repeat(64), "0"])("the id %j is like any other", async (id) => {
    const { runtime } = await openWorld();
    expect(await runtime.get(id)).toBeUndefined();
    const run = await runtime.start(graphOf("x"), { id });
    expect((await run.outcome()).status).toBe("succeeded");
  });

  test("without an id makes one that nobody has", async () => {
    const { runtime } = await openWorld();
    const runs = await Promise.all([runtime.start(graphOf("x")), runtime.start(graphOf("x"))]);
    expect(new Set(runs.map(({ id }) => id)).size).toBe(2);
  });

  test("a graph without steps, which no parser gives, ends at once", async () => {
    const { runtime } = await openWorld();
    const empty: Graph = { document: { name: "e", objective: "Nothing.", steps: [] }, tasks: new Map() };
    const run = await runtime.start(empty);
    expect(await run.outcome()).toMatchObject({ status: "succeeded", run: { sinks: [] } });
    expect([...run.snapshot().steps]).toEqual([]);
  });

  test("is over before anything is seen of the run: one that is being started is waited for", async () => {
    const inner = memoryJournal();
    const waiting: (() => void)[] = [];
    const journal = journalWith(inner, {
      append: async (...appended) => {
        await inner.append(...appended);
        await new Promise<void>((resolve) => waiting.push(resolve));
      },
    });
    // Looking at the root is real I/O, so how many turns it takes is anyone's guess.
    const confirmNext = async (): Promise<void> => {
      while (waiting.length === 0) await turns();
      waiting.shift()!();
    };
    const { runtime } = await openWorld({ journal });
    const starting = runtime.start(graphOf("x"), { id: "x" });
    while (waiting.length === 0) await turns();
    const getting = runtime.get("x").then((run) => run?.snapshot().status);
    await turns();
    await confirmNext();
    expect(await getting).toBe("running");
    const ended = (await starting).wait({ until: "end" });
    await confirmNext();
    expect((await ended).run.status).toBe("succeeded");
  });
});

describe("a journal that refuses the start", () => {
  test("leaves nothing behind, and the id free", async () => {
    const inner = memoryJournal();
    let isFull = true;
    const journal = journalWith(inner, {
      append: (...appended) => (isFull ? Promise.reject(new Error("disk full")) : inner.append(...appended)),
    });
    const { runtime, clock } = await openWorld({ journal });
    const { held, graph } = heldGraph();
    await expect(runtime.start(graph, { id: "x" })).rejects.toThrow("disk full");
    expect([await runtime.get("x"), held.calls, clock.armed]).toEqual([undefined, 0, 0]);
    isFull = false;
    await runtime.start(graph, { id: "x" });
    await held.started();
  });

  test("because another process was faster gives that process's run", async () => {
    const inner = memoryJournal();
    const { graph, held } = heldGraph();
    const { runtime: other } = await openWorld({ journal: journalWith(inner, { close: () => Promise.resolve() }) });
    let isFirst = true;
    const journal = journalWith(inner, {
      append: async (...appended) => {
        if (isFirst) {
          isFirst = false;
          await other.start(graph, { id: "x" });
        }
        return inner.append(...appended);
      },
    });
    const { runtime } = await openWorld({ journal });
    const run = await runtime.start(graph, { id: "x" });
    await held.started();
    expect([run.snapshot().status, held.calls]).toEqual(["running", 1]);
    held.succeed();
    expect((await run.outcome()).status).toBe("succeeded");
  });
});

describe("capacity", () => {
  test("is not passed by starts at the same time", async () => {
    const { runtime } = await openWorld({ liveRunsMax: 2 });
    const { graph, held } = heldGraph();
    const starts = await Promise.allSettled(["a", "b", "c", "d"].map((id) => runtime.start(graph, { id })));
    await turns();
    expect(starts.filter(({ status }) => status === "fulfilled")).toHaveLength(2);
    expect(held.calls).toBe(2);
    const refused = starts.filter((start) => start.status === "rejected");
    expect(refused.every(({ reason }) => isRunfoldError(reason, "runtime.full"))).toBe(true);
  });

  test("is free again when a run has ended, and running ones can still be had by their id", async () => {
    const { runtime } = await openWorld({ liveRunsMax: 1 });
    const { graph, held } = heldGraph();
    const run = await runtime.start(graph, { id: "a" });
    await expect(runtime.start(graph, { id: "b" })).rejects.toMatchObject({ code: "runtime.full" });
    expect(await runtime.start(graph, { id: "a" })).toBe(run);
    await held.started();
    held.succeed();
    await run.outcome();
    expect((await runtime.start(graph, { id: "b" })).id).toBe("b");
  });
});

test("a list has one line for each run, oldest first, and shows how far it is", async () => {
  const { runtime } = await openWorld();
  const { graph, held } = heldGraph();
  const ended = await runtime.start(graphOf("first"), { id: "first" });
  await ended.outcome();
  await runtime.start(graph, { id: "second" });
  await held.started();
  expect(await runtime.list()).toMatchObject([
    { id: "first", status: "succeeded", steps: { total: 1, ended: 1, succeeded: 1, running: 0 } },
    { id: "second", status: "running", steps: { total: 1, ended: 0, running: 1 } },
  ]);
});

test("a graph parsed from JSON is the same graph as the one that was defined", async () => {
  const { runtime } = await openWorld();
  const graph = graphOf("x");
  const run = await runtime.start(graph, { id: "x" });
  await run.outcome();
  const parsed = parseGraph(structuredClone(graph.document));
  if (!parsed.ok) throw new Error("It parses.");
  expect((await runtime.start(parsed.graph, { id: "x" })).id).toBe("x");
});
