import { artifactPlace } from "../../../src/domain/artifact.ts";
import { describe, expect, test } from "vitest";
import { defineGraph, memoryArtifacts, memoryJournal, step, task } from "runfold";
import type { ArtifactStore, Journal } from "runfold";
import { eventsOf, Held, openWorld, turns, words } from "./world.ts";
import { journalWith } from "../../../src/ports/journal-with.ts";

const large = "x".repeat(20_000);

function graphOf(retentionSeconds?: number, name = "g") {
  const a = step("a", { run: task(() => large) });
  return defineGraph(name, {
    objective: "Leave an artifact.",
    steps: [a],
    ...(retentionSeconds === undefined ? {} : { limits: { retentionSeconds } }),
  });
}

const graph = graphOf();

describe("cleaning up", () => {
  test("deletes the artifacts and the journal of a run, and its id is free", async () => {
    const artifacts = memoryArtifacts();
    const { runtime, journal } = await openWorld({ artifacts });
    const run = await runtime.start(graph, { id: "x" });
    await run.outcome();
    const place = artifactPlace("x", run.snapshot().life);
    expect(await artifacts.list(place)).toHaveLength(1);
    await run.cleanup();
    expect([await artifacts.list(place), await journal.list(), await runtime.get("x")]).toEqual([[], [], undefined]);
    expect((await (await runtime.start(graph, { id: "x" })).outcome()).output("a")).toBe(large);
  });

  test("through an old handle never touches a later run of the same id, nor can its cursors read it", async () => {
    const { runtime, journal } = await openWorld();
    const old = await runtime.start(graph, { id: "x" });
    await old.outcome();
    const { cursor } = old.snapshot();
    await old.cleanup();
    const later = await runtime.start(graph, { id: "x" });
    await later.outcome();
    await expect(old.cleanup()).rejects.toMatchObject({ code: "run.cleaned" });
    expect((await journal.list()).map(({ run }) => run)).toEqual(["x"]);
    await expect(later.wait({ after: cursor })).rejects.toMatchObject({ code: "cursor.invalid" });
  });

  test("a live run is refused, and the run goes on", async () => {
    const { runtime } = await openWorld();
    const held = new Held();
    const live = defineGraph("live", { objective: "Live.", steps: [step("a", { run: task(held.call) })] });
    const run = await runtime.start(live);
    await held.started();
    await expect(run.cleanup()).rejects.toMatchObject({ code: "run.live" });
    held.succeed();
    expect((await run.outcome()).status).toBe("succeeded");
  });

  test("twice says that there is no such run; at the same time both come through", async () => {
    const { runtime } = await openWorld();
    const run = await runtime.start(graph);
    await run.outcome();
    const both = await Promise.allSettled([run.cleanup(), run.cleanup()]);
    expect(both.map((one) => (one.status === "rejected" ? one.reason : "done"))).toEqual(["done", "done"]);
    await expect(run.cleanup()).rejects.toMatchObject({ code: "run.unknown" });
  });

  test("does not mind artifacts that have vanished", async () => {
    const artifacts = memoryArtifacts();
    const { runtime, journal } = await openWorld({ artifacts });
    const run = await runtime.start(graph);
    await run.outcome();
    await artifacts.delete(artifactPlace(run.id, run.snapshot().life));
    await run.cleanup();
    expect(await journal.list()).toEqual([]);
  });

  test("from inside the terminal event works, and leaves nothing armed", async () => {
    const { runtime, journal, clock } = await openWorld();
    const run = await runtime.start(graphOf(60));
    const cleaned = new Promise<unknown>((resolve, reject) => {
      run.events$.subscribe(({ event }) => {
        if (event.type === "run.settled") run.cleanup().then(resolve, reject);
      });
    });
    await cleaned;
    expect([await journal.list(), clock.armedInBackground]).toEqual([[], 0]);
  });

  test("leaves a handle that shows its last snapshot and says of all else that it is gone", async () => {
    const { runtime } = await openWorld();
    const run = await runtime.start(graph);
    await run.wait({ until: "end" });
    await run.cleanup();
    const gone = { code: "run.cleaned" };
    expect(run.snapshot().status).toBe("succeeded");
    expect(await run.wait({ until: "end", after: run.snapshot().cursor })).toMatchObject({ woke: "end" });
    await expect(run.output("a")).rejects.toMatchObject(gone);
    await expect(run.result("a")).rejects.toMatchObject(gone);
    await expect(run.outcome()).rejects.toMatchObject(gone);
    await expect(run.events().next()).rejects.toMatchObject(gone);
  });

  test("leaves a handle that never shows a later run of the same id as its own", async () => {
    const { runtime, clock } = await openWorld();
    const run = await runtime.start(graph, { id: "x" });
    await run.wait({ until: "end" });
    await run.cleanup();
    await clock.advance(1);
    const later = await runtime.start(graph, { id: "x" });
    await later.wait({ until: "end" });
    const gone = { code: "run.cleaned" };
    await expect(run.output("a")).rejects.toMatchObject(gone);
    await expect(run.events().next()).rejects.toMatchObject(gone);
    const errors: unknown[] = [];
    run.events$.subscribe({ error: (error: unknown) => void errors.push(error) });
    await turns();
    expect(errors).toMatchObject([gone]);
    expect(await later.output("a")).toBe(large);
  });

  test("an outcome that was had before stays", async () => {
    const { runtime } = await openWorld();
    const run = await runtime.start(graph);
    const outcome = await run.outcome();
    await run.cleanup();
    expect((await run.outcome()).output("a")).toBe(large);
    expect(await run.outcome()).toBe(outcome);
  });
});

const refuse = (): Promise<never> => Promise.reject(new Error("power cut"));

/** Everything works but the deletion of one kind of thing. */
async function crashed(fault: { readonly artifacts?: true; readonly journal?: true }) {
  const journal = memoryJournal();
  const artifacts = memoryArtifacts();
  const kept: Partial<Journal> = { close: () => Promise.resolve() };
  const failing: ArtifactStore = fault.artifacts ? { ...artifacts, delete: refuse } : artifacts;
  const first = await openWorld({
    journal: journalWith(journal, fault.journal ? { ...kept, delete: refuse } : kept),
    artifacts: failing,
  });
  const run = await first.runtime.start(graph, { id: "x" });
  await run.outcome();
  await expect(run.cleanup()).rejects.toThrow("power cut");
  expect(words(await eventsOf(journal, "x")).at(-1)).toBe("run cleaned");
  return { journal, artifacts, run };
}

describe("a crash between the commit and the deletion", () => {
  test.each([{ artifacts: true }, { journal: true }] as const)("of %j is finished on the next open", async (fault) => {
    const { journal, artifacts } = await crashed(fault);
    const { clock, diagnostics } = await openWorld({ journal, artifacts });
    await clock.advance(0);
    expect([await journal.list(), await artifacts.list("x"), diagnostics]).toEqual([[], [], []]);
  });

  test("is finished by whoever starts a run of that id, who gets a run of his own", async () => {
    const { journal, artifacts } = await crashed({ journal: true });
    const { runtime } = await openWorld({ journal, artifacts });
    const run = await runtime.start(graphOf(undefined, "another"), { id: "x" });
    expect(await run.outcome()).toMatchObject({ status: "succeeded", run: { isCleaned: false } });
    expect(words(await eventsOf(journal, "x"))).not.toContain("run cleaned");
  });

  test("leaves a run that can be cleaned up again", async () => {
    const { journal, artifacts } = await crashed({ journal: true });
    const { runtime } = await openWorld({ journal, artifacts });
    const run = await runtime.get("x");
    expect(run!.snapshot()).toMatchObject({ isCleaned: true, status: "succeeded", canClean: false });
    await run!.cleanup();
    expect(await journal.list()).toEqual([]);
  });
});

describe("retention", () => {
  test("cleans a run up when its time is over, and not before", async () => {
    const { runtime, journal, clock } = await openWorld();
    const run = await runtime.start(graphOf(60));
    await run.outcome();
    expect([run.snapshot().cleanupAt, clock.armed]).toEqual([clock.now() + 60_000, 0]);
    await clock.advance(59_999);
    expect(await journal.list()).toHaveLength(1);
    await clock.advance(1);
    expect(await journal.list()).toEqual([]);
  });

  test("goes on in the next process, also for what became due while nobody was there", async () => {
    const journal = memoryJournal();
    const kept = journalWith(journal, { close: () => Promise.resolve() });
    const first = await openWorld({ journal: kept });
    const run = await first.runtime.start(graphOf(60));
    await run.outcome();
    await first.runtime.close();
    first.clock.setBack(-120_000);
    const second = await openWorld({ journal: kept, clock: first.clock });
    expect(await journal.list()).toHaveLength(1);
    await first.clock.advance(0);
    expect([await journal.list(), second.diagnostics]).toEqual([[], []]);
  });

  test("never takes a later run of the same id for the one it was meant for", async () => {
    const { runtime, journal, clock, diagnostics } = await openWorld();
    const first = await runtime.start(graphOf(60), { id: "x" });
    await first.outcome();
    await clock.advance(30_000);
    await first.cleanup();
    const second = await runtime.start(graphOf(undefined, "other"), { id: "x" });
    await second.outcome();
    await clock.advance(60_000);
    expect([(await journal.list()).map(({ run }) => run), diagnostics]).toEqual([["x"], []]);
  });

  test("nor if another process cleaned the first one up", async () => {
    const { runtime, journal, clock, diagnostics } = await openWorld();
    const first = await runtime.start(graphOf(60), { id: "x" });
    await first.outcome();
    await journal.delete("x");
    await clock.advance(1);
    const second = await runtime.start(graphOf(600, "other"), { id: "x" });
    await second.outcome();
    expect(clock.armedInBackground).toBe(1);
    await clock.advance(60_000);
    expect([await journal.list(), diagnostics]).toMatchObject([[{ run: "x" }], []]);
    await clock.advance(600_000);
    expect(await journal.list()).toEqual([]);
  });

  test("says nothing where somebody else has cleaned up", async () => {
    const { runtime, journal, clock, diagnostics } = await openWorld();
    const run = await runtime.start(graphOf(60));
    await run.outcome();
    await journal.delete(run.id);
    await clock.advance(60_000);
    expect(diagnostics).toEqual([]);
  });

  test("that fails is reported, and finished on the next open", async () => {
    const artifacts = memoryArtifacts();
    const journal = memoryJournal();
    const kept = journalWith(journal, { close: () => Promise.resolve() });
    const failing: ArtifactStore = { ...artifacts, delete: () => Promise.reject(new Error("disk gone")) };
    const { runtime, clock, diagnostics } = await openWorld({ journal: kept, artifacts: failing });
    const run = await runtime.start(graphOf(60));
    await run.outcome();
    await clock.advance(60_000);
    expect(diagnostics).toMatchObject([{ code: "retention-cleanup-failed", message: "Error: disk gone" }]);
    expect(await journal.list()).toHaveLength(1);
    await runtime.close();
    await openWorld({ journal: kept, artifacts, clock });
    await clock.advance(0);
    await turns();
    expect(await journal.list()).toEqual([]);
  });
});
