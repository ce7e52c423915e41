import { hostname } from "node:os";
import { describe, expect, test } from "vitest";
import { defineGraph, limits, memoryArtifacts, memoryJournal, step, task } from "runfold";
import type { Commit, Graph, Journal, Owner, Run } from "runfold";
import { eventsOf, Held, ManualClock, openWorld, turns } from "./world.ts";
import { journalWith } from "../../../src/ports/journal-with.ts";

const gone: Owner = { host: hostname(), pid: 2 ** 30, processStart: "1" };

/** Where each event of a kind stands. */
async function positionsOf(run: Run, type: string): Promise<number[]> {
  const found: number[] = [];
  for await (const { event, position } of run.events()) if (event.type === type) found.push(position);
  return found;
}

/** A graph of one task that is held. */
function heldGraph(name = "held"): { readonly graph: Graph; readonly held: Held<string> } {
  const held = new Held<string>();
  return { held, graph: defineGraph(name, { objective: "Hold.", steps: [step("a", { run: task(held.call) })] }) };
}

/** Runs of a graph as an owner left them that is gone. */
async function leftRuns(graph: Graph, ids: readonly string[], owner: Owner = gone): Promise<Journal> {
  const journal = memoryJournal();
  for (const id of ids) {
    const start = { run: id, life: `life-of-${id}`, graph: graph.document, root: "/", places: [], owner } as const;
    const deadlineAt = 1_000_000 + limits.runSecondsDefault * 1_000;
    const commit: Commit = {
      schema: 2,
      position: 2,
      at: 1_000_000,
      input: { type: "run.start", ...start },
      events: [
        { type: "run.started", ...start, epoch: 1, deadlineAt },
        {
          type: "step.started",
          step: "a",
          attempt: 1,
          deadlineAt: 1_000_000 + limits.stepTimeoutSecondsDefault * 1_000,
        },
      ],
    };
    await journal.append(id, 0, [commit], { summary: { id, life: start.life, status: "running" } });
  }
  return journal;
}

describe("of two beginnings of one id at once", () => {
  test("one fork is made, and its runtime keeps it", async () => {
    const held = new Held<string>();
    const a = step("a", { run: task(() => "a") });
    const b = step("b", { needs: { a }, run: task((given, context) => held.call(given, context)) });
    const graph = defineGraph("g", { objective: "Fork.", steps: [a, b] });
    const { runtime } = await openWorld();
    await runtime.start(graph, { id: "s" });
    await held.started();
    const forks = await Promise.allSettled([
      runtime.fork("s", { at: 4, id: "f", graph }),
      runtime.fork("s", { at: 4, id: "f", graph }),
    ]);
    expect(forks.map(({ status }) => status)).toEqual(["fulfilled", "rejected"]);
    expect(forks[1]).toMatchObject({ reason: { code: "run.conflicting" } });
    const fork = (await runtime.get("f"))!;
    expect(fork).toBe((forks[0] as PromiseFulfilledResult<Run>).value);
    await turns();
    held.succeed("from b");
    expect((await fork.outcome()).status).toBe("succeeded");
  });

  test("nobody sees a run before it is committed", async () => {
    const inner = memoryJournal();
    let commit = (): void => undefined;
    const held = new Promise<void>((resolve) => (commit = resolve));
    const journal = journalWith(inner, {
      append: async (...given) => {
        await held;
        return inner.append(...given);
      },
    });
    const { graph } = heldGraph();
    const { runtime } = await openWorld({ journal });
    const starting = runtime.start(graph, { id: "z" });
    const seen: string[] = [];
    const looks = [runtime.get("z"), runtime.resume("z"), runtime.start(graph, { id: "z" })].map(async (look) => {
      seen.push(String((await look)?.snapshot().position));
    });
    await turns();
    expect(seen).toEqual([]);
    commit();
    await Promise.all([starting, ...looks]);
    expect(seen).toEqual(["2", "2", "2"]);
  });

  test("a start with its functions does not fail for a recovery without them", async () => {
    const { graph, held } = heldGraph();
    const journal = await leftRuns(graph, ["left"]);
    const { runtime } = await openWorld({ journal, recover: false });
    const [recovered, started] = await Promise.allSettled([runtime.recover(), runtime.start(graph, { id: "left" })]);
    expect([recovered.status, started.status]).toEqual(["fulfilled", "fulfilled"]);
    await held.started();
    held.succeed("x");
    expect((await (await runtime.get("left"))!.outcome()).status).toBe("succeeded");
  });
});

describe("a fork", () => {
  test("of an edited graph hands on what nobody of the past waited for any more", async () => {
    const a = step("a", { run: task(() => "from a") });
    const b = step("b", { needs: { a }, run: task(() => "from b") });
    const c = step("c", { needs: { b }, run: task(() => "from c") });
    const graph = defineGraph("g", { objective: "Chain.", steps: [a, b, c] });
    const { runtime } = await openWorld();
    const run = await runtime.start(graph, { id: "s" });
    await run.outcome();
    const [, , at] = await positionsOf(run, "step.started");
    const { document, tasks } = graph;
    const edited: Graph = {
      document: { ...document, steps: [...document.steps, { id: "d", task: "d", needs: ["a"] }] },
      tasks: new Map([...tasks, ["d", { call: (given: object) => JSON.stringify(given) }]]),
    };
    const fork = await runtime.fork("s", { at: at!, graph: edited });
    expect((await fork.outcome()).output("d")).toBe('{"a":"from a"}');
  });

  test("of a fork, within the past that it took over, finds that past's artifacts", async () => {
    const large = "x".repeat(50_000);
    const a = step("a", { run: task(() => large) });
    const b = step("b", { needs: { a }, run: task(({ a: given }) => given.length) });
    const graph = defineGraph("g", { objective: "Be large.", steps: [a, b] });
    const { runtime, journal } = await openWorld({ artifacts: memoryArtifacts() });
    const first = await runtime.start(graph, { id: "first" });
    await first.outcome();
    const [, at] = await positionsOf(first, "step.started");
    const second = await runtime.fork("first", { at: at!, id: "second", graph });
    await second.outcome();
    await first.cleanup();
    const third = await runtime.fork("second", { at: at!, id: "third", graph });
    expect((await third.outcome()).output(b)).toBe(50_000);
    const from = (await eventsOf(journal, third)).flatMap((event) => (event.type === "run.forked" ? [event.from] : []));
    expect(from).toEqual([{ run: "second", life: second.snapshot().life, position: at }]);
  });

  test("that was cleaned up is not shown as a later fork of the same id", async () => {
    const { graph, held } = heldGraph();
    const { runtime } = await openWorld();
    await runtime.start(graph, { id: "s" });
    await held.started();
    const earlier = await runtime.fork("s", { at: 2, id: "f", graph });
    await turns();
    held.succeed("1");
    await earlier.outcome();
    await earlier.cleanup();
    const later = await runtime.fork("s", { at: 2, id: "f", graph });
    const reading = async (): Promise<void> => {
      for await (const _ of earlier.events());
    };
    await expect(reading()).rejects.toMatchObject({ code: "run.cleaned" });
    await expect(earlier.stateAt(3)).rejects.toMatchObject({ code: "run.cleaned" });
    await expect(earlier.verify()).rejects.toMatchObject({ code: "run.cleaned" });
    expect(await later.verify()).toMatchObject({ ok: true });
  });
});

test("a handle to a run that was cleaned up shows nothing of the next run of its id, wherever it reads on", async () => {
  const { graph, held } = heldGraph();
  const { runtime } = await openWorld();
  const earlier = await runtime.start(graph, { id: "r" });
  await held.started();
  held.succeed("from the first");
  await earlier.outcome();
  const cursors: string[] = [];
  for await (const { cursor } of earlier.events()) cursors.push(cursor);
  await earlier.cleanup();
  const later = await runtime.start(graph, { id: "r" });
  await turns();
  held.succeed("from the second");
  await later.outcome();
  const cleaned = { code: "run.cleaned" };
  for (const after of cursors.slice(0, -1)) {
    await expect(earlier.events({ after }).next()).rejects.toMatchObject(cleaned);
    await expect(earlier.wait({ after })).rejects.toMatchObject(cleaned);
  }
  await expect(earlier.output("a")).rejects.toMatchObject(cleaned);
  await expect(earlier.stateAt(3)).rejects.toMatchObject(cleaned);
  expect(await later.output("a")).toBe("from the second");
});

describe("a runtime", () => {
  test("that is closed while it recovers leaves what it has not taken over yet", async () => {
    const { graph } = heldGraph();
    const ids = Array.from({ length: 20 }, (_, number) => `r${number}`);
    const inner = await leftRuns(graph, ids);
    const journal = journalWith(inner, { close: async () => undefined });
    const { runtime, clock } = await openWorld({ journal, graphs: [graph], recover: false });
    const recovering = runtime.recover();
    const closing = runtime.close();
    for (let round = 0; round < 3; round++) await clock.advance(60_000);
    await Promise.all([recovering, closing]);
    const statuses = (await inner.list()).map(({ summary }) => (summary as { status: string }).status);
    expect(statuses.filter((status) => status === "running").length).toBeGreaterThanOrEqual(16);
    expect(statuses).toHaveLength(20);
  });

  test("looks again for a run whose owner may still have lived, without being asked", async () => {
    const { graph, held } = heldGraph();
    const journal = await leftRuns(graph, ["left"], { host: "another machine", pid: 1, processStart: "1" });
    const clock = new ManualClock();
    const { runtime } = await openWorld({ journal, graphs: [graph], clock });
    expect((await runtime.get("left"))!.snapshot().epoch).toBe(1);
    await clock.advance(limits.leaseMs * 2 + 1);
    expect((await runtime.get("left"))!.snapshot().epoch).toBe(2);
    held.succeed("x");
    expect((await (await runtime.get("left"))!.outcome()).status).toBe("succeeded");
    expect(clock.armedInBackground).toBe(0);
  });

  test("takes over what another runtime of the same process has left, and nothing that one still writes", async () => {
    const journal = memoryJournal();
    const kept = journalWith(journal, { close: async () => undefined });
    const { graph, held } = heldGraph();
    const first = await openWorld({ journal: kept, graphs: [graph] });
    await first.runtime.start(graph, { id: "shared" });
    await held.started();
    const second = await openWorld({ journal: kept, graphs: [graph] });
    expect((await second.runtime.get("shared"))!.snapshot().epoch).toBe(1);
    await expect(second.runtime.resume("shared")).rejects.toMatchObject({ code: "run.live" });
    await first.runtime.close({ unfinished: "leave" });
    const run = await second.runtime.resume("shared");
    expect(run.snapshot().epoch).toBe(2);
    await turns();
    held.succeed("x");
    expect((await run.outcome()).status).toBe("succeeded");
  });

  test("loses no run because it could not look whether that is still its own", async () => {
    const clock = new ManualClock();
    const inner = memoryJournal();
    const journal = { ...journalWith(inner, {}), location: "shared" };
    const { graph, held } = heldGraph();
    const { runtime } = await openWorld({ journal, clock });
    const kept = await runtime.start(graph);
    await held.started();
    // The runtime looks through the journal that it was given.
    journal.head = () => Promise.reject(new Error("locked"));
    await clock.advance(limits.leaseRenewMs * 3);
    held.succeed("x");
    expect((await kept.outcome()).status).toBe("succeeded");
  });

  test("takes up every message that waits for a run before it launches anything, however many wait for others", async () => {
    const { graph, held } = heldGraph();
    const journal = await leftRuns(graph, ["busy", "quiet"]);
    for (let number = 0; number < limits.readCommitsMax + 10; number++) {
      await journal.send("busy", { type: "run.cancel", reason: `Reason ${number}.`, force: false });
    }
    await journal.send("quiet", { type: "run.cancel", reason: "Only this one.", force: false });
    const { runtime } = await openWorld({ journal, graphs: [graph] });
    const quiet = (await runtime.get("quiet"))!;
    expect((await quiet.outcome()).status).toBe("canceled");
    expect(quiet.snapshot().cancelReason).toBe("Only this one.");
    expect((await (await runtime.get("busy"))!.outcome()).status).toBe("canceled");
    expect(held.calls).toBe(0);
    expect(await journal.inbox(0)).toEqual([]);
  });
});
