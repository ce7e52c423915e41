import { hostname } from "node:os";
import { describe, expect, onTestFinished, test } from "vitest";
import { defineGraph, memoryJournal, openRuntime, step, task } from "runfold";
import type { Journal, Owner, Run, RuntimeDiagnostic } from "runfold";
import { importRun } from "../../../src/import-run.ts";
import { exportRun } from "../../../src/export-run.ts";
import { eventsOf, Held, ManualClock, openWorld, turns, words } from "./world.ts";
import { journalWith } from "../../../src/ports/journal-with.ts";

/** No process has this id, on any system that this runs on. */
const goneOwner: Owner = { host: hostname(), pid: 2 ** 30, processStart: "1" };

/** A journal in which a run stands as a process left it that is gone: its steps up to the last have been ended. */
async function left(
  owner: Owner = goneOwner,
): Promise<{ journal: Journal; graph: ReturnType<typeof graphOf>; b: Held<string> }> {
  const journal = memoryJournal();
  const b = new Held<string>();
  const graph = graphOf(b);
  // The events are those of a living runtime, but for their owner.
  const asOwner = <Value>(value: Value): Value =>
    JSON.parse(JSON.stringify(value, (key, part: unknown) => (key === "owner" ? owner : part))) as Value;
  const owned = journalWith(journal, {
    append: (run, expected, commits, options) => journal.append(run, expected, commits.map(asOwner), options),
    close: async () => undefined,
  });
  const runtime = await openRuntime({ journal: owned, clock: new ManualClock() });
  await runtime.start(graph, { id: "left" });
  await b.started();
  await turns();
  // The process is lost: nothing that it still does reaches the journal.
  const frozen = (await journal.read("left", 0, 1_000)).slice();
  onTestFinished(() => void runtime.close().catch(() => undefined));
  const copy = memoryJournal();
  const { summary } = (await journal.entry("left"))!;
  await copy.append("left", 0, frozen, { summary });
  return { journal: copy, graph, b };
}

function graphOf(b: Held<string>) {
  const first = step("a", { run: task(() => "from a") });
  const second = step("b", { needs: { first }, run: task(({ first: given }, context) => b.call(given, context)) });
  const third = step("c", {
    needs: { second, first },
    run: task(({ second: given, first: early }) => `${early}, ${given}`),
  });
  return defineGraph("left", { objective: "Be left.", steps: [first, second, third] });
}

async function outcomeOf(run: Run): Promise<unknown> {
  const outcome = await run.outcome();
  return [outcome.status, outcome.output("c")];
}

describe("opening a journal with a run that nobody writes any more", () => {
  test("takes it over: what had succeeded is kept, what was under way runs again, and is handed what came before", async () => {
    const { journal, graph, b } = await left();
    const { runtime } = await openWorld({ journal, graphs: [graph] });
    const run = (await runtime.get("left"))!;
    expect(run.snapshot()).toMatchObject({ epoch: 2, status: "running" });
    expect(run.isAbandoned()).toBe(false);
    await turns();
    expect(b.calls).toBe(2);
    b.succeed("from b");
    expect(await outcomeOf(run)).toEqual(["succeeded", "from a, from b"]);
    expect(words(await eventsOf(journal, run)).slice(3)).toEqual([
      "b started",
      "run recovered",
      "b interrupted",
      "b retryDue",
      "b started",
      "b succeeded",
      "c started",
      "c succeeded",
      "run settled",
    ]);
    expect(await run.verify()).toMatchObject({ ok: true });
  });

  test("leaves it where it is told to, and starting its graph under its id takes it over all the same", async () => {
    const { journal, graph, b } = await left();
    const { runtime } = await openWorld({ journal, recover: false });
    expect((await runtime.get("left"))!.isAbandoned()).toBe(true);
    const run = await runtime.start(graph, { id: "left" });
    await turns();
    b.succeed("again");
    expect(await outcomeOf(run)).toEqual(["succeeded", "from a, again"]);
    expect(b.calls).toBe(2);
  });

  test("leaves a run alone whose functions nobody knows, and says which", async () => {
    const { journal } = await left();
    const before = await journal.head("left");
    const { runtime, diagnostics } = await openWorld({ journal });
    expect(diagnostics).toMatchObject([{ code: "recovery-failed", run: "left" }]);
    expect(await journal.head("left")).toBe(before);
    await expect(runtime.resume("left")).rejects.toMatchObject({ code: "graph.invalid" });
    expect((await runtime.get("left"))!.isAbandoned()).toBe(true);
  });

  test("expires a run at once, and once, whose deadline passed meanwhile", async () => {
    const { journal, graph, b } = await left();
    const clock = new ManualClock();
    await clock.advance(400 * 86_400_000);
    const { runtime } = await openWorld({ journal, graphs: [graph], clock });
    const run = (await runtime.get("left"))!;
    expect((await run.outcome()).status).toBe("expired");
    await clock.advance(86_400_000);
    expect(words(await eventsOf(journal, run)).slice(4)).toEqual([
      "run recovered",
      "b interrupted",
      "run expired",
      "b canceled",
      "c canceled",
      "run settled",
    ]);
    expect(b.calls).toBe(1);
  });

  test("takes up a cancel that was left for the run while nobody wrote it", async () => {
    const { journal, graph } = await left();
    await journal.send("left", { type: "run.cancel", reason: "Left for whoever comes.", force: false });
    const { runtime } = await openWorld({ journal, graphs: [graph] });
    const run = (await runtime.get("left"))!;
    expect((await run.outcome()).status).toBe("canceled");
    expect(run.snapshot().cancelReason).toBe("Left for whoever comes.");
    expect(await journal.inbox(0)).toEqual([]);
  });
});

test("a runtime that is closed may leave its runs to the next one, and ends what they have under way", async () => {
  const journal = memoryJournal();
  const kept = journalWith(journal, { close: async () => undefined });
  const b = new Held<string>();
  const graph = graphOf(b);
  const first = await openWorld({ journal: kept, graphs: [graph] });
  const run = await first.runtime.start(graph, { id: "left" });
  await b.started();
  const waiting = run.wait({ until: "end" }).catch((error: unknown) => error);
  await first.runtime.close({ unfinished: "leave" });
  expect(await waiting).toMatchObject({ code: "runtime.closed" });
  expect(b.signals[0]!.aborted).toBe(true);
  expect(words(await eventsOf(journal, "left"))).toEqual(["run started", "a started", "a succeeded", "b started"]);
  const second = await openWorld({ journal: kept, graphs: [graph] });
  // This test is one process, so the run's owner still lives.
  const again = await second.runtime.resume("left", { force: true });
  await turns();
  b.succeed("from b");
  expect(await outcomeOf(again)).toEqual(["succeeded", "from a, from b"]);
});

describe("taking a run over", () => {
  test("from a process that lives is refused, unless by force", async () => {
    const { journal, graph, b } = await left({ host: hostname(), pid: process.pid, processStart: "unknown" });
    const clock = new ManualClock();
    const { runtime } = await openWorld({ journal, graphs: [graph], clock });
    await expect(runtime.resume("left")).rejects.toMatchObject({ code: "run.live" });
    expect(await journal.head("left")).toBe(4);
    const run = await runtime.resume("left", { force: true });
    await turns();
    b.succeed("by force");
    expect(await outcomeOf(run)).toEqual(["succeeded", "from a, by force"]);
  });

  test("from a machine that nobody can look at waits until its last sign of life is old", async () => {
    const { journal, graph, b } = await left({ host: "another machine", pid: 1, processStart: "1" });
    const clock = new ManualClock();
    const { runtime } = await openWorld({ journal, graphs: [graph], clock });
    await expect(runtime.resume("left")).rejects.toMatchObject({ code: "run.live" });
    await journal.renewLease("another machine/1/1", clock.now() + 60_000);
    await clock.advance(59_000);
    await expect(runtime.resume("left")).rejects.toMatchObject({ code: "run.live" });
    await clock.advance(2_000);
    const run = await runtime.resume("left");
    await turns();
    b.succeed("later");
    expect((await run.outcome()).status).toBe("succeeded");
  });

  test("of a run that is not there, that has ended, that is written here", async () => {
    const { journal, graph, b } = await left();
    const { runtime } = await openWorld({ journal, graphs: [graph] });
    await expect(runtime.resume("nowhere")).rejects.toMatchObject({ code: "run.unknown" });
    await expect(runtime.resume("not a name")).rejects.toMatchObject({ code: "run.idInvalid" });
    const run = await runtime.resume("left");
    expect(run).toBe(await runtime.get("left"));
    await turns();
    b.succeed("x");
    await run.outcome();
    expect((await runtime.resume("left")).snapshot().status).toBe("succeeded");
    expect((await eventsOf(journal, run)).filter(({ type }) => type === "run.recovered")).toHaveLength(1);
  });

  test("twice at once is taking it over once", async () => {
    const { journal, graph, b } = await left();
    const { runtime } = await openWorld({ journal, graphs: [graph], recover: false });
    const runs = await Promise.all([
      runtime.resume("left"),
      runtime.resume("left"),
      runtime.start(graph, { id: "left" }),
    ]);
    expect(new Set(runs).size).toBe(1);
    await turns();
    b.succeed("x");
    await runs[0].outcome();
    expect((await eventsOf(journal, "left")).filter(({ type }) => type === "run.recovered")).toHaveLength(1);
  });

  test("by two runtimes at once: one writes it, the other follows it", async () => {
    const { journal, graph, b } = await left();
    const shared = journalWith(journal, { close: async () => undefined });
    const worlds = await Promise.all([1, 2].map(() => openWorld({ journal: shared, graphs: [graph], recover: false })));
    const runs = await Promise.all(worlds.map(({ runtime }) => runtime.resume("left", { force: true })));
    await turns();
    b.succeed("x");
    for (const run of runs) expect((await run.outcome()).status).toBe("succeeded");
    const events = await eventsOf(journal, "left");
    expect(events.filter(({ type }) => type === "run.settled")).toHaveLength(1);
    expect(await runs[0]!.verify()).toMatchObject({ ok: true });
  });

  test("tells the one that had it: it stops its work, and says who was there", async () => {
    const { journal, graph, b } = await left();
    const shared = journalWith(journal, { close: async () => undefined });
    const first = await openWorld({ journal: shared, graphs: [graph] });
    const lost = (await first.runtime.get("left"))!;
    await turns();
    const second = await openWorld({ journal: shared, graphs: [graph], recover: false });
    const won = await second.runtime.resume("left", { force: true });
    await turns();
    expect(b.calls).toBe(3);
    // Its attempt ends, so it comes to the journal, and finds that the run is another's.
    const outcome = lost.outcome().catch((error: unknown) => error);
    void lost.cancel().catch(() => undefined);
    expect(await outcome).toMatchObject({ code: "journal.conflict" });
    expect(b.signals[1]!.aborted).toBe(true);
    expect(b.signals[2]!.aborted).toBe(false);
    b.succeed("from the winner");
    expect(await outcomeOf(won)).toEqual(["succeeded", "from a, from the winner"]);
  });

  test("of a run that came from a file waits until someone asks for it", async () => {
    const { journal: source, graph, b } = await left();
    const journal = memoryJournal();
    await importRun(journal, exportRun(source, "left"));
    const { runtime } = await openWorld({ journal, graphs: [graph] });
    expect((await runtime.get("left"))!.isAbandoned()).toBe(true);
    expect(await runtime.recover()).toEqual([]);
    const run = await runtime.resume("left");
    await turns();
    b.succeed("x");
    expect((await run.outcome()).status).toBe("succeeded");
  });

  test("does not fill the runtime beyond what it takes, and goes on when there is room", async () => {
    const { journal, graph, b } = await left();
    const told: RuntimeDiagnostic[] = [];
    const { runtime } = await openWorld({
      journal,
      graphs: [graph],
      liveRunsMax: 1,
      recover: false,
      onDiagnostic: (diagnostic) => void told.push(diagnostic),
    });
    const held = new Held();
    const other = await runtime.start(
      defineGraph("o", { objective: "Hold.", steps: [step("h", { run: task(held.call) })] }),
    );
    expect(await runtime.recover()).toEqual([]);
    await held.started();
    expect((await runtime.get("left"))!.isAbandoned()).toBe(true);
    held.succeed();
    await other.outcome();
    await turns();
    const run = (await runtime.get("left"))!;
    expect(run.isAbandoned()).toBe(false);
    b.succeed("x");
    expect((await run.outcome()).status).toBe("succeeded");
    expect(told).toEqual([]);
  });
});
