import { describe, expect, test } from "vitest";
import { defineGraph, memoryJournal, step, task } from "runfold";
import { failingJournal, scriptedExecutor, succeeded } from "runfold/testing";
import { eventsOf, Held, intrude, openWorld, turns, words } from "../unit/actors/world.ts";

async function start() {
  const inner = memoryJournal();
  const journal = failingJournal(inner);
  const script = scriptedExecutor({ stops: "ignore" });
  const world = await openWorld({ journal, executors: [script] });
  const a = step("a", { run: task(() => 1) });
  const b = step("b", { needs: { a }, run: task(() => 1) });
  const graph = defineGraph("g", { objective: "Persist.", steps: [a, b] });
  const run = await world.runtime.start(graph, { id: "x" });
  await turns();
  return { ...world, journal, inner, script, run, graph };
}

describe("a journal that refuses a commit", () => {
  test("shows nobody what was not committed", async () => {
    const { journal, script, run } = await start();
    const heard: string[] = [];
    run.events$.subscribe({ next: ({ event }) => void heard.push(event.type), error: () => void heard.push("error") });
    await turns();
    journal.failAppend(journal.appends + 1);
    script.end("a", succeeded());
    await turns();
    expect(heard).toEqual(["run.started", "step.started", "error"]);
    expect(run.snapshot()).toMatchObject({ status: "running", position: 2, counts: { succeeded: 0 } });
    expect(script.attempts).toHaveLength(1);
  });

  test("ends every wait, reading and outcome with its reason, and later ones at once", async () => {
    const { journal, script, run } = await start();
    const pending = [run.wait(), run.wait({ until: "end", step: "b" }), run.outcome()];
    const reading = (async () => {
      for await (const event of run.events()) void event;
    })();
    await turns();
    journal.failAppend(journal.appends + 1);
    script.end("a", succeeded());
    const refused = { code: "journal.failed" };
    for (const one of [...pending, reading]) await expect(one).rejects.toMatchObject(refused);
    await expect(run.wait()).rejects.toMatchObject(refused);
    await expect(run.outcome()).rejects.toMatchObject(refused);
    await expect(run.cancel()).rejects.toMatchObject(refused);
    await expect(run.events({ after: run.snapshot().cursor }).next()).rejects.toMatchObject(refused);
  });

  test("stops what runs by force, and leaves no timer", async () => {
    const { journal, run, script, clock } = await start();
    journal.failAppend(journal.appends + 1);
    await expect(run.cancel()).rejects.toMatchObject({ code: "journal.failed" });
    expect(script.attempts[0]!.stops).toEqual([{ cause: "canceled", graceMs: 0, force: true }]);
    expect(clock.armed).toBe(0);
    script.end("a", succeeded());
    await turns();
  });

  test("gives every command of the batch its reason", async () => {
    const { journal, run } = await start();
    journal.failAppend(journal.appends + 1);
    const answers = await Promise.allSettled([run.cancel(), run.cancel({ force: true }), run.cancel()]);
    expect(answers.map(({ status }) => status)).toEqual(["rejected", "rejected", "rejected"]);
  });

  test("of one run leaves the other runs of the runtime alone", async () => {
    const { journal, run, runtime, script, graph } = await start();
    const other = await runtime.start(graph, { id: "y" });
    await turns();
    journal.failAppend(journal.appends + 1);
    await expect(run.cancel()).rejects.toMatchObject({ code: "journal.failed" });
    script.end("a", succeeded(), "y");
    await turns();
    script.end("b", succeeded(), "y");
    expect((await other.outcome()).status).toBe("succeeded");
  });

  test("frees the place of its run, which can be read again", async () => {
    const { journal, run, runtime } = await start();
    journal.failAppend(journal.appends + 1);
    await expect(run.cancel()).rejects.toMatchObject({ code: "journal.failed" });
    const again = await runtime.get("x");
    expect(again!.snapshot()).toMatchObject({ status: "running", position: 2 });
  });
});

describe("a writer that comes second", () => {
  test("says so, stops, and decides nothing more", async () => {
    const { inner, run, script } = await start();
    const waiting = run.wait({ until: "end" }).catch((error: unknown) => error);
    await turns();
    await intrude(inner, "x");
    script.end("a", succeeded());
    expect(await waiting).toMatchObject({ code: "journal.conflict" });
    expect(words(await eventsOf(inner, "x"))).toEqual(["run started", "a started", "diagnostic recorded"]);
    expect(script.attempts).toHaveLength(1);
  });

  test("is told also when it asked for something that changes nothing", async () => {
    const { inner, run } = await start();
    await run.cancel();
    await intrude(inner, "x");
    // A repeated cancel is refused, but only the journal knows whether the refusal still holds.
    await expect(run.cancel()).rejects.toMatchObject({ code: "journal.conflict" });
  });
});

test("an answer that is lost after the commit was kept is found again in the journal", async () => {
  const { journal, inner, run, runtime } = await start();
  journal.failAppend(journal.appends + 1, { isKept: true });
  await expect(run.cancel()).rejects.toMatchObject({ code: "journal.failed" });
  expect(run.snapshot().status).toBe("running");
  expect(words(await eventsOf(inner, "x"))).toContain("run cancelRequested");
  expect((await runtime.get("x"))!.snapshot().status).toBe("canceling");
});

test("an outcome that could not be read is read again when it is asked for again", async () => {
  const inner = memoryJournal();
  let isBusy = false;
  const { runtime } = await openWorld({
    journal: {
      ...failingJournal(inner),
      read: (...asked) => (isBusy ? Promise.reject(new Error("busy")) : inner.read(...asked)),
    },
  });
  const held = new Held<number>();
  const a = step("a", { run: task(held.call) });
  const run = await runtime.start(defineGraph("g", { objective: "Read.", steps: [a] }));
  await held.started();
  held.succeed(7);
  await run.wait({ until: "end" });
  isBusy = true;
  await expect(run.outcome()).rejects.toThrow("busy");
  isBusy = false;
  expect((await run.outcome()).output(a)).toBe(7);
});

test("commands beyond all bounds are refused, those within are answered", async () => {
  const { run } = await start();
  const answers = await Promise.allSettled(Array.from({ length: 10_001 }, () => run.cancel()));
  expect(answers.filter(({ status }) => status === "rejected")).toMatchObject([{ reason: { code: "mailbox.full" } }]);
});
