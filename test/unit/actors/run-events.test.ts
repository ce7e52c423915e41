import { describe, expect, test } from "vitest";
import { defineGraph, isRunfoldError, memoryJournal, step, task } from "runfold";
import type { Journal, Run } from "runfold";
import { eventsOf, Held, intrude, openWorld, turns, words } from "./world.ts";
import { journalWith } from "../../../src/ports/journal-with.ts";

const a = step("a", { run: task(() => 1) });
const quick = defineGraph("quick", { objective: "End at once.", steps: [a], notify: { mode: "none" } });

/** Step `a` ends when the test says so, then `b` runs. */
function gated() {
  const held = new Held<string>();
  const first = step("a", { run: task(held.call) });
  const second = step("b", { needs: { first }, run: task(() => "done") });
  return {
    held,
    graph: defineGraph("gated", { objective: "Wait.", steps: [first, second], notify: { mode: "none" } }),
  };
}

async function typesOf(run: Run, options: Parameters<Run["events"]>[0] = {}): Promise<string[]> {
  const types: string[] = [];
  for await (const { event } of run.events(options)) types.push(event.type);
  return types;
}

/** A journal whose appends can be read at once, and are confirmed when the test says so. */
function slowToConfirm(): { journal: Journal; release: () => void; hold: () => void } {
  const inner = memoryJournal();
  let gate: Promise<void> | undefined;
  let open: (() => void) | undefined;
  const journal = journalWith(inner, {
    append: async (...appended) => {
      await inner.append(...appended);
      await gate;
    },
  });
  const hold = (): void => void (gate = new Promise((resolve) => (open = resolve)));
  return { journal, hold, release: () => open?.() };
}

describe("reading", () => {
  test("gives what was and what comes, each event once, in the order of the journal", async () => {
    const { runtime, journal } = await openWorld();
    const { held, graph } = gated();
    const run = await runtime.start(graph);
    const reading = typesOf(run);
    await held.started();
    held.succeed("x");
    expect(await reading).toEqual((await eventsOf(journal, run)).map(({ type }) => type));
  });

  test("goes on after each cursor with exactly the rest", async () => {
    const { runtime } = await openWorld();
    const run = await runtime.start(quick);
    const all: { type: string; cursor: string; position: number }[] = [];
    for await (const { event, cursor, position } of run.events()) all.push({ type: event.type, cursor, position });
    expect(all.map(({ position }) => position)).toEqual([1, 2, 3, 4]);
    for (const [index, { cursor }] of all.entries()) {
      expect(await typesOf(run, { after: cursor })).toEqual(all.slice(index + 1).map(({ type }) => type));
    }
  });

  test("slowly misses nothing and repeats nothing", async () => {
    const { runtime, journal } = await openWorld();
    const { held, graph } = gated();
    const run = await runtime.start(graph);
    await held.started();
    held.succeed("x");
    const types: string[] = [];
    for await (const { event } of run.events()) {
      await turns(3);
      types.push(event.type);
    }
    expect(types).toEqual((await eventsOf(journal, run)).map(({ type }) => type));
  });

  test("can be left, and taken up again from the cursor", async () => {
    const { runtime } = await openWorld();
    const run = await runtime.start(quick);
    let place = "";
    for await (const { cursor, event } of run.events()) {
      place = cursor;
      if (event.type === "step.started") break;
    }
    expect(await typesOf(run, { after: place })).toEqual(["step.succeeded", "run.settled"]);
  });

  test("ends without an error when its signal aborts, also before it began", async () => {
    const { runtime } = await openWorld();
    const { held, graph } = gated();
    const run = await runtime.start(graph);
    await held.started();
    const stop = new AbortController();
    const reading = typesOf(run, { signal: stop.signal });
    await turns();
    stop.abort();
    expect(await reading).toEqual(["run.started", "step.started"]);
    expect(await typesOf(run, { signal: AbortSignal.abort() })).toEqual([]);
  });

  test("ends when its signal aborts while the journal is being read", async () => {
    const inner = memoryJournal();
    const stop = new AbortController();
    let isArmed = false;
    const journal = journalWith(inner, {
      read: async (...asked) => {
        const commits = await inner.read(...asked);
        if (isArmed && commits.length === 0) stop.abort();
        return commits;
      },
    });
    const { runtime } = await openWorld({ journal });
    const { held, graph } = gated();
    const run = await runtime.start(graph);
    await held.started();
    isArmed = true;
    expect(await typesOf(run, { signal: stop.signal })).toEqual(["run.started", "step.started"]);
  });

  test("a cursor that is none is refused at once", async () => {
    const { runtime } = await openWorld();
    const run = await runtime.start(quick);
    expect(() => run.events({ after: "garbage" })).toThrow(expect.objectContaining({ code: "cursor.invalid" }));
  });

  test("of a run whose runtime closes gets its whole end, however slowly it reads", async () => {
    const { runtime } = await openWorld();
    const { held, graph } = gated();
    const run = await runtime.start(graph);
    await held.started();
    const types: string[] = [];
    const reader = run.events();
    types.push((await reader.next()).value!.event.type, (await reader.next()).value!.event.type);
    held.signals[0]!.addEventListener("abort", () => held.fail(new Error("told to stop")));
    const rest = (async () => {
      for await (const { event } of reader) {
        types.push(event.type);
        if (event.type === "run.settled") await runtime.close();
      }
    })();
    await run.cancel();
    await rest;
    expect(types.at(-1)).toBe("run.settled");
  });

  test("of a run that was stopped before its end throws why", async () => {
    const { runtime, journal } = await openWorld();
    const { held, graph } = gated();
    const run = await runtime.start(graph);
    await held.started();
    const reading = typesOf(run).catch((error: unknown) => error);
    await turns();
    await intrude(journal, run.id);
    await expect(run.cancel()).rejects.toMatchObject({ code: "journal.conflict" });
    expect(isRunfoldError(await reading, "journal.conflict")).toBe(true);
    await expect(typesOf(run)).rejects.toMatchObject({ code: "journal.conflict" });
  });
});

describe("no reader is ahead of the views", () => {
  test("whoever is told of the end finds an ended run", async () => {
    const { runtime } = await openWorld();
    const run = await runtime.start(quick);
    const seen: string[] = [];
    for await (const { event, position } of run.events()) {
      expect(run.snapshot().position).toBeGreaterThanOrEqual(position);
      seen.push(`${event.type}: ${run.snapshot().status}`);
    }
    expect(seen.at(-1)).toBe("run.settled: succeeded");
  });

  test("every cursor that was given out can be waited on from, also while the commit is being confirmed", async () => {
    const { journal, hold, release } = slowToConfirm();
    const { runtime } = await openWorld({ journal });
    const { held, graph } = gated();
    const run = await runtime.start(graph);
    await held.started();
    hold();
    held.succeed("x");
    await turns();
    const refused: unknown[] = [];
    const read = async (): Promise<void> => {
      for await (const { cursor } of run.events()) {
        await run.wait({ after: cursor, timeoutMs: 0 }).catch((error: unknown) => refused.push(error));
      }
    };
    const reading = read();
    const observed: number[] = [];
    run.events$.subscribe(({ position }) => {
      observed.push(position);
      expect(run.snapshot().position).toBeGreaterThanOrEqual(position);
    });
    await turns();
    expect(run.snapshot().position).toBe(2);
    release();
    await reading;
    expect(refused).toEqual([]);
    expect(observed).toEqual([1, 2, 3, 4, 5, 6]);
  });
});

describe("events$", () => {
  test("each subscriber catches up, then hears on, and completes", async () => {
    const { runtime, journal } = await openWorld();
    const { held, graph } = gated();
    const run = await runtime.start(graph);
    await held.started();
    const early: string[] = [];
    const late: string[] = [];
    let completed = 0;
    const observe = (into: string[]) =>
      run.events$.subscribe({ next: ({ event }) => void into.push(event.type), complete: () => void completed++ });
    observe(early);
    await turns();
    expect(early).toEqual(["run.started", "step.started"]);
    held.succeed("x");
    await run.outcome();
    observe(late);
    await turns();
    const all = (await eventsOf(journal, run)).map(({ type }) => type);
    expect([early, late, completed]).toEqual([all, all, 2]);
    expect(words(await eventsOf(journal, run)).at(-1)).toBe("run settled");
  });

  test("of a run that was cleaned up ends with an error instead of never", async () => {
    const { runtime } = await openWorld();
    const run = await runtime.start(quick);
    await run.outcome();
    await run.cleanup();
    const errors: unknown[] = [];
    run.events$.subscribe({ error: (error: unknown) => void errors.push(error) });
    await turns();
    expect(errors).toEqual([expect.objectContaining({ code: "run.cleaned" })]);
    await expect(typesOf(run)).rejects.toMatchObject({ code: "run.cleaned" });
  });

  test("ten thousand subscribers all hear everything", async () => {
    const { runtime } = await openWorld();
    const { held, graph } = gated();
    const run = await runtime.start(graph);
    await held.started();
    let heard = 0;
    let completed = 0;
    for (let index = 0; index < 10_000; index++) {
      run.events$.subscribe({ next: () => void heard++, complete: () => void completed++ });
    }
    await turns();
    held.succeed("x");
    await run.outcome();
    expect([heard, completed]).toEqual([60_000, 10_000]);
  });
});
