import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { assign, createActor, setup, toPromise, waitFor } from "xstate";
import type { AnyActorRef } from "xstate";
import { describe, expect, onTestFinished, test } from "vitest";
import { defineGraph, openRuntime, step, task } from "runfold";
import type { Runtime } from "runfold";
import { sqliteJournal } from "runfold/sqlite";
import { toActorLogic } from "runfold/xstate";
import { eventually } from "../../support/eventually.ts";

/** A graph whose last step ends when it is told to, and how often its first was run. */
function heldGraph() {
  const held = { runs: 0, finish: (): void => undefined };
  const until = new Promise<void>((resolve) => (held.finish = resolve));
  const first = step("first", { run: task(() => ++held.runs) });
  const last = step("last", {
    needs: { first },
    run: task(async ({ first: value }, { signal }) => {
      await Promise.race([
        until,
        new Promise((_, reject) => signal.addEventListener("abort", () => reject(new Error("aborted")))),
      ]);
      return `after ${value}`;
    }),
  });
  return { held, first, last, graph: defineGraph("held", { objective: "Be invoked.", steps: [first, last] }) };
}

async function open(): Promise<Runtime> {
  const runtime = await openRuntime();
  onTestFinished(() => runtime.close());
  return runtime;
}

function machineOf(runtime: Runtime, { graph, last }: ReturnType<typeof heldGraph>) {
  return setup({
    types: {
      context: {} as { readonly text: string | undefined; readonly seen: readonly string[]; readonly problem: unknown },
      events: {} as { type: "give up" },
    },
    actors: { audit: toActorLogic(runtime, graph, { results: { last } }) },
  }).createMachine({
    context: { text: undefined, seen: [], problem: undefined },
    initial: "auditing",
    states: {
      auditing: {
        invoke: {
          id: "audit",
          src: "audit",
          input: { id: "audit-1" },
          onSnapshot: {
            actions: assign({
              seen: ({ context, event }) => [...context.seen, event.snapshot.progress?.status ?? "starting"],
            }),
          },
          onDone: { target: "done", actions: assign({ text: ({ event }) => event.output.outputs.last }) },
          onError: { target: "failed", actions: assign({ problem: ({ event }) => event.error }) },
        },
        on: { "give up": "left" },
      },
      done: { type: "final" },
      failed: {},
      left: {},
    },
  });
}

const runOf = async (runtime: Runtime) => (await runtime.get("audit-1"))!;
const isWaiting = (actor: AnyActorRef): boolean => {
  const { progress } = actor.getSnapshot() as { progress?: { counts: { succeeded: number; running: number } } };
  return progress?.counts.succeeded === 1 && progress.counts.running === 1;
};

describe("a machine that invokes a run", () => {
  test("is told of its progress and of its end, with typed outputs", async () => {
    const runtime = await open();
    const parts = heldGraph();
    const actor = createActor(machineOf(runtime, parts)).start();
    const child = actor.getSnapshot().children["audit"]!;
    expect(child.getSnapshot()).toMatchObject({ status: "active", run: "audit-1", progress: undefined });
    await waitFor(child, () => isWaiting(child));
    parts.held.finish();
    const { context } = await waitFor(actor, ({ status }) => status === "done");
    expect(context.text).toBe("after 1");
    expect(new Set(context.seen)).toEqual(new Set(["starting", "running", "succeeded"]));
  });

  test("cancels the run when it leaves the state that invoked it", async () => {
    const runtime = await open();
    const actor = createActor(machineOf(runtime, heldGraph())).start();
    const child = actor.getSnapshot().children["audit"]!;
    await waitFor(child, () => isWaiting(child));
    actor.send({ type: "give up" });
    expect(actor.getSnapshot().value).toBe("left");
    expect((await (await runOf(runtime)).outcome()).status).toBe("canceled");
  });

  test("cancels the run also where it leaves before the run has started", async () => {
    const runtime = await open();
    const actor = createActor(machineOf(runtime, heldGraph())).start();
    actor.send({ type: "give up" });
    await eventually(async () => (await runtime.get("audit-1")) !== undefined, "the run has started");
    expect((await (await runOf(runtime)).outcome()).status).toBe("canceled");
  });

  test("goes its way for errors where the run cannot be started", async () => {
    const runtime = await open();
    const other = defineGraph("other", { objective: "Take the id.", steps: [step("s", { run: task(() => 1) })] });
    await runtime.start(other, { id: "audit-1" });
    const actor = createActor(machineOf(runtime, heldGraph())).start();
    const { context } = await waitFor(actor, ({ value }) => value === "failed");
    expect(context.problem).toMatchObject({ code: "run.conflicting" });
  });
});

describe("a run as an actor by itself", () => {
  test("that fails is done, and its output says so; of a step without success there is no output", async () => {
    const failing = step("failing", { run: task(() => Promise.reject(new Error("boom"))) });
    const fine = step("fine", { run: task(() => ({ rows: 3 })) });
    const graph = defineGraph("mixed", { objective: "Fail in part.", steps: [failing, fine] });
    const runtime = await open();
    const actor = createActor(toActorLogic(runtime, graph)).start();
    const { run } = actor.getSnapshot();
    expect(await toPromise(actor)).toEqual({ run, status: "mixed", outputs: { fine: { rows: 3 } } });
    const named = createActor(toActorLogic(runtime, graph, { results: { failing, fine } })).start();
    expect((await toPromise(named)).outputs).toEqual({ failing: undefined, fine: { rows: 3 } });
    expect(named.getSnapshot().run).not.toBe(run);
  });

  test("emits the run's events, and can be canceled by an event", async () => {
    const runtime = await open();
    const actor = createActor(toActorLogic(runtime, heldGraph().graph));
    const emitted: string[] = [];
    actor.on("*", ({ type }) => emitted.push(type));
    actor.start();
    await waitFor(actor, () => isWaiting(actor));
    actor.send({ type: "run.cancel", reason: "Enough." });
    expect((await toPromise(actor)).status).toBe("canceled");
    expect(emitted.slice(0, 3)).toEqual(["run.started", "step.started", "step.succeeded"]);
    expect(emitted.at(-1)).toBe("run.settled");
  });

  test("is left alone when its actor stops, where that was asked for", async () => {
    const runtime = await open();
    const { graph, held } = heldGraph();
    const actor = createActor(toActorLogic(runtime, graph, { onStop: "leave" }), { input: { id: "audit-1" } }).start();
    await waitFor(actor, () => isWaiting(actor));
    actor.stop();
    expect(actor.getSnapshot().status).toBe("stopped");
    held.finish();
    expect((await (await runOf(runtime)).outcome()).status).toBe("succeeded");
  });
});

describe("a snapshot that was kept", () => {
  test("attaches to the same run after the runtime was opened anew, and starts nothing", async () => {
    const directory = await mkdtemp(join(tmpdir(), "runfold-xstate-"));
    onTestFinished(() => rm(directory, { recursive: true, force: true }));
    const parts = heldGraph();
    const opened = (): Promise<Runtime> =>
      openRuntime({ journal: sqliteJournal(join(directory, "runs.db")), graphs: [parts.graph] });

    const before = await opened();
    const actor = createActor(machineOf(before, parts)).start();
    const child = actor.getSnapshot().children["audit"]!;
    await waitFor(child, () => isWaiting(child));
    const kept = JSON.stringify(actor.getPersistedSnapshot());
    await before.close({ unfinished: "leave" });
    actor.stop();

    const after = await opened();
    onTestFinished(() => after.close());
    parts.held.finish();
    const restored = createActor(machineOf(after, parts), { snapshot: JSON.parse(kept) }).start();
    const { context } = await waitFor(restored, ({ status }) => status === "done");
    expect(context.text).toBe("after 1");
    expect(parts.held.runs).toBe(1);
    expect((await after.list()).map(({ id }) => id)).toEqual(["audit-1"]);
    expect((await runOf(after)).snapshot().epoch).toBe(2);
  });

  test("of a run that was cleaned up since ends in an error, and starts nothing", async () => {
    const runtime = await open();
    const { graph, held } = heldGraph();
    const logic = toActorLogic(runtime, graph, { onStop: "leave" });
    const actor = createActor(logic, { input: { id: "audit-1" } }).start();
    await waitFor(actor, () => isWaiting(actor));
    const kept = JSON.stringify(actor.getPersistedSnapshot());
    actor.stop();
    held.finish();
    const run = await runOf(runtime);
    await run.outcome();
    await run.cleanup();
    for (const starts of [0, 1]) {
      // Neither is another run that has the same id by now the one that is meant.
      if (starts === 1) await runtime.start(graph, { id: "audit-1" });
      const restored = createActor(logic, { snapshot: JSON.parse(kept) });
      restored.subscribe({ error: () => undefined });
      restored.start();
      await eventually(() => restored.getSnapshot().status === "error", "the actor is in error");
      expect(restored.getSnapshot().error).toMatchObject({ code: "run.cleaned" });
      expect(JSON.parse(JSON.stringify(restored.getPersistedSnapshot()))).toMatchObject({
        error: { code: "run.cleaned" },
      });
      expect(await runtime.list()).toHaveLength(starts);
    }
  });

  test("of a run that has ended gives the same end without asking anyone", async () => {
    const runtime = await open();
    const { graph, held } = heldGraph();
    held.finish();
    const logic = toActorLogic(runtime, graph);
    const actor = createActor(logic).start();
    const output = await toPromise(actor);
    const kept = JSON.stringify(actor.getPersistedSnapshot());
    const restored = createActor(logic, { snapshot: JSON.parse(kept) }).start();
    expect(await toPromise(restored)).toEqual(output);
  });

  test("of something else is refused", async () => {
    const logic = toActorLogic(await open(), heldGraph().graph);
    const snapshot = { status: "active", output: undefined, error: undefined } as never;
    const actor = createActor(logic, { snapshot });
    actor.subscribe({ error: () => undefined });
    expect(actor.getSnapshot()).toMatchObject({
      status: "error",
      error: { message: expect.stringContaining("names no run") },
    });
  });
});

test("refuses a result that the graph does not have before there is any run", async () => {
  const runtime = await open();
  const { graph } = heldGraph();
  const stranger = step("stranger", { run: task(() => 1) });
  expect(() => toActorLogic(runtime, graph, { results: { stranger } })).toThrow(
    expect.objectContaining({ code: "step.unknown" }),
  );
});
