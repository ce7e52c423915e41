import { describe, expect, test } from "vitest";
import { command, defineGraph, memoryArtifacts, memoryJournal, step, task } from "runfold";
import type { ForkOptions, Graph, Run } from "runfold";
import { eventsOf, openWorld, turns, words } from "./world.ts";

/** Two steps that always succeed, and one that fails the first time that anyone asks. */
function flaky(): { readonly graph: Graph; readonly calls: string[]; isBroken: boolean } {
  const world = { calls: [] as string[], isBroken: true, graph: undefined as unknown as Graph };
  const a = step("a", { run: task(() => `a${world.calls.push("a")}`) });
  const b = step("b", { run: task(() => `b${world.calls.push("b")}`) });
  const c = step("c", {
    needs: { a, b },
    run: task((given) => {
      world.calls.push("c");
      if (world.isBroken) throw new Error("It is broken.");
      return `${given.a}+${given.b}`;
    }),
  });
  world.graph = defineGraph("flaky", { objective: "Break once.", steps: [a, b, c], limits: { concurrency: 1 } });
  return world;
}

/** Where each event of a kind stands. */
async function positionsOf(run: Run, type: string): Promise<number[]> {
  const found: number[] = [];
  for await (const { event, position } of run.events()) if (event.type === type) found.push(position);
  return found;
}

describe("a fork", () => {
  test("keeps what had ended, and runs the rest, once more and to its end", async () => {
    const world = flaky();
    const { runtime, journal } = await openWorld();
    const run = await runtime.start(world.graph, { id: "first" });
    expect((await run.outcome()).status).toBe("mixed");
    world.isBroken = false;
    // The start of c is in the commit of the end of b.
    const [, , startOfC] = await positionsOf(run, "step.started");
    const fork = await runtime.fork("first", { at: startOfC!, id: "second", graph: world.graph });
    const outcome = await fork.outcome();
    expect([outcome.status, outcome.output("a"), outcome.output("c")]).toEqual(["succeeded", "a1", "a1+b2"]);
    expect(world.calls).toEqual(["a", "b", "c", "c"]);
    expect(words(await eventsOf(journal, fork)).slice(startOfC)).toEqual([
      "run forked",
      "c interrupted",
      "c retryDue",
      "c started",
      "c succeeded",
      "run settled",
    ]);
    expect(await fork.verify()).toMatchObject({ ok: true });
    expect(fork.snapshot()).toMatchObject({ id: "second", epoch: 1 });
    expect(fork.snapshot().life).not.toBe(run.snapshot().life);
  });

  test("leaves the run whose past it has as it is, and does not need it any more", async () => {
    const world = flaky();
    const { runtime, journal } = await openWorld();
    const run = await runtime.start(world.graph, { id: "first" });
    await run.outcome();
    const before = await eventsOf(journal, "first");
    const [, , at] = await positionsOf(run, "step.started");
    const fork = await runtime.fork("first", { at: at!, graph: world.graph });
    await fork.outcome();
    expect(await eventsOf(journal, "first")).toEqual(before);
    await run.cleanup();
    expect(await fork.output("a")).toBe("a1");
    expect((await fork.stateAt(at!)).status).toBe("running");
    const seen: number[] = [];
    for await (const { position } of fork.events()) seen.push(position);
    expect(seen).toEqual(seen.map((_position, index) => index + 1));
  });

  test("brings along what the past keeps outside the journal", async () => {
    const artifacts = memoryArtifacts();
    const large = "x".repeat(100_000);
    const a = step("a", { run: task(() => large) });
    const b = step("b", { needs: { a }, run: task(({ a: given }) => given.length) });
    const graph = defineGraph("large", { objective: "Be large.", steps: [a, b] });
    const { runtime } = await openWorld({ artifacts });
    const run = await runtime.start(graph, { id: "first" });
    await run.outcome();
    const [, at] = await positionsOf(run, "step.started");
    const fork = await runtime.fork("first", { at: at!, graph });
    await run.cleanup();
    expect((await fork.outcome()).output(b)).toBe(100_000);
    expect(await fork.output(a)).toBe(large);
  });

  test("of an edited graph hands the past's outputs to what is new, also those that nobody waited for any more", async () => {
    const world = flaky();
    const { runtime } = await openWorld();
    const run = await runtime.start(world.graph, { id: "first" });
    await run.outcome();
    const [, , at] = await positionsOf(run, "step.started");
    const { document } = world.graph;
    const steps = [
      ...document.steps.slice(0, 2),
      { id: "report", task: "report", needs: ["b", "a"] },
      { ...document.steps[2]!, needs: ["a", "b"] },
    ];
    const graph: Graph = {
      document: { ...document, steps },
      tasks: new Map([
        ["report", { call: (given: Record<string, string>) => `${given["a"]}, ${given["b"]}` }],
        ["c", { call: () => "mended" }],
      ]),
    };
    const fork = await runtime.fork("first", { at: at!, graph });
    const outcome = await fork.outcome();
    expect([outcome.status, outcome.output("report"), outcome.output("c")]).toEqual(["succeeded", "a1, b2", "mended"]);
    const later = await positionsOf(fork, "run.forked");
    const again = await runtime.fork(fork.id, { at: later[0]! + 3, graph });
    expect((await again.outcome()).output("report")).toBe("a1, b2");
    expect(await again.verify()).toMatchObject({ ok: true });
  });

  test("waits for retries of its past as long as they were to take", async () => {
    let isBroken = true;
    const a = step("a", {
      retry: { attempts: 2, backoffSeconds: 60 },
      run: task(() => {
        if (isBroken) throw new Error("Not yet.");
        return "now";
      }),
    });
    const graph = defineGraph("later", { objective: "Wait.", steps: [a] });
    let names = 0;
    const entropy = { fraction: () => 0, uniqueName: () => `name${names++}` };
    const { runtime, clock } = await openWorld({ entropy });
    const run = await runtime.start(graph, { id: "first" });
    await turns();
    isBroken = false;
    const fork = await runtime.fork("first", { at: 3, id: "second", graph });
    await run.cancel();
    await clock.advance(59_000);
    expect(fork.snapshot().steps.get("a")).toMatchObject({ status: "pending", attempt: 1 });
    await clock.advance(2_000);
    expect((await fork.outcome()).output(a)).toBe("now");
  });
});

describe("a fork is refused, and makes no run,", () => {
  test("inside a commit, before the first and beyond the last, naming where it can be", async () => {
    const world = flaky();
    const { runtime, journal } = await openWorld();
    await (await runtime.start(world.graph, { id: "first" })).outcome();
    const refusal = async (at: number): Promise<unknown> => {
      return await runtime.fork("first", { at, id: "second" }).catch((error: unknown) => error);
    };
    expect(await refusal(1)).toMatchObject({ code: "position.invalid", message: expect.stringContaining("fork at 2") });
    expect(await refusal(3)).toMatchObject({ message: expect.stringContaining("fork at 2 or 4") });
    expect(await refusal(1_000)).toMatchObject({
      code: "position.invalid",
      message: expect.stringContaining("from 1 to"),
    });
    expect(await journal.list()).toHaveLength(1);
  });

  test("without a position, and with what is no graph", async () => {
    const world = flaky();
    const { runtime, journal } = await openWorld();
    const run = await runtime.start(world.graph, { id: "first" });
    await run.outcome();
    const noPosition = {
      code: "position.invalid",
      message: expect.stringContaining("is a whole number from 1 on, not 1.5"),
    };
    await expect(run.stateAt(1.5)).rejects.toMatchObject(noPosition);
    const refusal = async (options: unknown): Promise<unknown> => {
      return await runtime.fork("first", options as ForkOptions).catch((error: unknown) => error);
    };
    for (const at of [undefined, null, "3", 0, -1, 1.5, Number.NaN, Symbol("3")]) {
      expect(await refusal({ at, id: "second" })).toMatchObject({
        code: "position.invalid",
        message: expect.stringContaining("`at` must be a whole number from 1 on, not "),
      });
    }
    for (const options of [undefined, null, 3])
      expect(await refusal(options)).toMatchObject({ code: "position.invalid" });
    for (const graph of [{}, null, "graph.json", world.graph.document, { ...world.graph, tasks: {} }]) {
      expect(await refusal({ at: 2, id: "second", graph })).toMatchObject({
        code: "graph.invalid",
        message: expect.stringContaining("it must come from defineGraph or parseGraph"),
        details: { diagnostics: [{ severity: "error", repair: expect.stringContaining("parseGraph") }] },
      });
    }
    expect(await journal.list()).toHaveLength(1);
  });

  test("where nobody gave the functions of its tasks, and it says who can", async () => {
    const world = flaky();
    const { runtime, journal } = await openWorld();
    await (await runtime.start(world.graph, { id: "first" })).outcome();
    const refused: unknown = await runtime.fork("first", { at: 2 }).catch((error: unknown) => error);
    const repair = expect.stringMatching(/openRuntime\(\{ graphs \}\).*pass `graph`/);
    expect(refused).toMatchObject({
      code: "graph.invalid",
      details: {
        diagnostics: expect.arrayContaining([expect.objectContaining({ code: "step-not-runnable", repair })]),
      },
    });
    expect(await journal.list()).toHaveLength(1);
  });

  test("where the run was being ended", async () => {
    const world = flaky();
    const { runtime, journal } = await openWorld();
    const run = await runtime.start(world.graph, { id: "first" });
    await run.outcome();
    const at = run.snapshot().position;
    await expect(runtime.fork("first", { at, id: "second", graph: world.graph })).rejects.toMatchObject({
      code: "fork.refused",
      details: { run: "first", position: at },
    });
    expect(await journal.list()).toHaveLength(1);
  });

  test("when the edited graph touches what has happened, or cannot be run here", async () => {
    const world = flaky();
    const { runtime, journal } = await openWorld();
    const run = await runtime.start(world.graph, { id: "first" });
    await run.outcome();
    const [, , at] = await positionsOf(run, "step.started");
    const { document, tasks } = world.graph;
    const steps = [{ ...document.steps[0]!, timeoutSeconds: 5 }, ...document.steps.slice(1)];
    const touched = { document: { ...document, steps }, tasks };
    await expect(runtime.fork("first", { at: at!, graph: touched })).rejects.toMatchObject({
      code: "fork.refused",
      message: expect.stringContaining("Step a"),
    });
    const unknown = { document: { ...document, steps: [...document.steps, { id: "d", task: "nobody" }] }, tasks };
    await expect(runtime.fork("first", { at: at!, graph: unknown })).rejects.toMatchObject({ code: "graph.invalid" });
    await expect(runtime.fork("first", { at: at! })).rejects.toMatchObject({ code: "graph.invalid" });
    expect(await journal.list()).toHaveLength(1);
  });

  test("of a run that is not there, and under an id that is taken or none", async () => {
    const { runtime } = await openWorld({ journal: memoryJournal() });
    const graph = defineGraph("g", { objective: "Any.", steps: [step("a", { run: command("true") })] });
    await expect(runtime.fork("nowhere", { at: 1 })).rejects.toMatchObject({ code: "run.unknown" });
    await (await runtime.start(graph, { id: "first" })).outcome();
    await expect(runtime.fork("first", { at: 2, id: "first" })).rejects.toMatchObject({ code: "run.conflicting" });
    await expect(runtime.fork("first", { at: 2, id: "not a name" })).rejects.toMatchObject({ code: "run.idInvalid" });
    const none = undefined as unknown as string;
    await expect(runtime.resume(none)).rejects.toMatchObject({ code: "run.idInvalid" });
    await expect(runtime.fork(none, { at: 2 })).rejects.toMatchObject({ code: "run.unknown" });
    expect(await runtime.get(none)).toBeUndefined();
  });
});
