import { describe, expect, test } from "vitest";
import type { Event, RunSnapshot, StepStatus } from "runfold";
import { stepStatuses } from "../../../src/domain/status.ts";
import { RunView } from "../../../src/projections/run-view.ts";
import { did, graphOf, record, startedRun } from "./events.ts";

const graph = graphOf(["a", "b", { id: "c", task: "c", needs: ["a"] }, { id: "d", task: "d", after: ["b"] }]);
const started = startedRun(graph);
const cancel: Event = { type: "run.cancelRequested", reason: "enough", force: false };

function viewOf(...events: Event[]): RunView {
  const view = new RunView();
  for (const { event, at } of record(events)) view.apply(event, at);
  return view;
}

const snapshotOf = (...events: Event[]): RunSnapshot => viewOf(started, ...events).snapshot();

describe("a run's view", () => {
  test("shows nothing before the run has started", () => {
    const view = new RunView();
    expect(() => view.snapshot()).toThrow(expect.objectContaining({ code: "invariant.broken" }));
    expect([view.position, view.step("a")]).toEqual([0, undefined]);
    expect(() => view.apply(did.start("a"), 1)).toThrow(expect.objectContaining({ code: "invariant.broken" }));
  });

  test("begins with every step pending, in declared order, and knows the results to come", () => {
    const snapshot = snapshotOf();
    expect(snapshot).toMatchObject({
      id: "run",
      status: "running",
      position: 1,
      startedAt: 100,
      updatedAt: 100,
      endedAt: undefined,
      deadlineAt: 9_000,
      sinks: ["c", "d"],
      activity: "started",
      counts: { pending: 4, running: 0 },
    });
    expect(Array.from(snapshot.steps, ({ id }) => id)).toEqual(["a", "b", "c", "d"]);
    expect([snapshot.isEnded, snapshot.canCancel, snapshot.canClean]).toEqual([false, true, false]);
  });

  test("counts each step once, in its newest status", () => {
    const events = [
      did.start("a"),
      did.start("b"),
      did.fail("a"),
      did.block("c", "a"),
      did.succeed("b"),
      did.start("d"),
    ];
    const { counts, steps } = snapshotOf(...events, did.retry("d"));
    const expected: Record<StepStatus, number> = {
      pending: 1,
      running: 0,
      succeeded: 1,
      failed: 1,
      blocked: 1,
      timedOut: 0,
      canceled: 0,
    };
    expect(counts).toEqual(expected);
    const found = stepStatuses.map((status) => [...steps].filter((step) => step.status === status).length);
    expect(found).toEqual(stepStatuses.map((status) => expected[status]));
  });

  test("shows the newest event in one line, led by its step", () => {
    expect(snapshotOf(did.start("a")).activity).toBe("a: started");
    expect(snapshotOf(did.start("a"), cancel).activity).toBe("cancel requested: enough");
    const remark: Event = { type: "diagnostic.recorded", code: "c", severity: "info", message: "hm", step: "b" };
    expect(snapshotOf(remark).activity).toBe("b: info: hm");
  });

  test("is updated by each event, also while the run is being canceled", () => {
    const view = viewOf(started, did.start("a"), cancel);
    expect(view.snapshot()).toMatchObject({ status: "canceling", updatedAt: 300, cancelReason: "enough" });
    view.apply(did.text("a", "still here"), 5_000);
    expect(view.snapshot()).toMatchObject({ status: "canceling", updatedAt: 5_000, activity: "a: still here" });
  });

  test("keeps the first reason to cancel when force is asked for later", () => {
    const force: Event = { type: "run.cancelRequested", reason: "now!", force: true };
    expect(snapshotOf(cancel, force).cancelReason).toBe("enough");
  });

  test("of a run out of time is being ended, for no reason of a user", () => {
    expect(snapshotOf({ type: "run.expired", deadlineAt: 9_000 })).toMatchObject({
      status: "canceling",
      cancelReason: undefined,
    });
  });

  test.each(["succeeded", "mixed", "failed", "canceled", "expired"] as const)(
    "of a run that %s has ended",
    (status) => {
      const ended = snapshotOf({ type: "run.settled", status, cleanupAt: 77 });
      expect(ended).toMatchObject({ status, endedAt: 200, cleanupAt: 77, isCleaned: false });
      expect([ended.isEnded, ended.canCancel, ended.canClean]).toEqual([true, false, true]);
    },
  );

  test("of a run that was cleaned up still says how it ended", () => {
    const cleaned = snapshotOf({ type: "run.settled", status: "mixed" }, { type: "run.cleaned", reason: "old" });
    expect([cleaned.status, cleaned.isCleaned, cleaned.canClean]).toEqual(["mixed", true, false]);
  });

  test("names the steps that run in declared order", () => {
    expect(
      snapshotOf(did.start("b"), did.start("a"))
        .runningSteps()
        .map(({ id }) => id),
    ).toEqual(["a", "b"]);
  });

  test("gives the same snapshot until something happens, and never changes one that it gave", () => {
    const view = viewOf(started);
    const before = view.snapshot();
    const text = JSON.stringify(before);
    expect(view.snapshot()).toBe(before);
    view.apply(did.start("a"), 200);
    const after = view.snapshot();
    expect(after).not.toBe(before);
    expect(JSON.stringify(before)).toBe(text);
    expect(after.steps.at(1)).toBe(before.steps.at(1));
    expect(after.cursor).not.toBe(before.cursor);
  });

  test("is the same to the byte, however often one looked while it was folded", () => {
    const events = [started, did.start("a"), did.start("b"), did.succeed("a"), did.start("c"), cancel, did.cancel("d")];
    const watched = new RunView();
    for (const { event, at } of record(events)) {
      watched.apply(event, at);
      watched.snapshot();
    }
    expect(JSON.stringify(watched.snapshot())).toBe(JSON.stringify(viewOf(...events).snapshot()));
  });

  test("finds a step by its id, and the place of a working directory", () => {
    const place = { cwd: "src", realPath: "/src", device: "1", inode: "2" };
    const view = viewOf({ ...startedRun(graph), places: [place] });
    expect(view.step("c")).toBe(view.snapshot().steps.get("c"));
    expect([view.step("nobody"), view.step("__proto__")]).toEqual([undefined, undefined]);
    expect([view.place("src"), view.place("lib"), view.place(undefined)]).toEqual([place, undefined, undefined]);
  });

  test("adds up what all steps asked of models, and forgets nothing through a checkpoint", () => {
    const usage = { inputTokens: 10, outputTokens: 1 };
    const spent = (step: string): Event => ({ type: "step.succeeded", step, attempt: 1, output: { value: 1 }, usage });
    const view = viewOf(started, did.start("a"), did.start("b"), spent("a"), spent("b"));
    expect(view.snapshot().usage).toEqual({ inputTokens: 20, outputTokens: 2 });
    expect(snapshotOf().usage).toBeUndefined();
    const saved = JSON.parse(JSON.stringify(view.save())) as ReturnType<RunView["save"]>;
    const again = RunView.restore(saved, graph);
    expect(JSON.stringify(again.snapshot())).toBe(JSON.stringify(view.snapshot()));
  });

  test("keeps the agent definitions of its start, and those of a fork in their place", () => {
    const definition = {
      name: "a",
      description: "",
      source: "package",
      filePath: "/a",
      sha256: "",
      system: "",
    } as const;
    const one = { ...definition, ref: "package:one" };
    const two = { ...definition, ref: "package:two" };
    const view = viewOf({ ...started, definitions: [one] });
    expect([view.definition("package:one"), view.definition("package:two")]).toEqual([one, undefined]);
    const saved = JSON.parse(JSON.stringify(view.save())) as ReturnType<RunView["save"]>;
    // They stand in the journal, and in no view that is saved.
    expect(JSON.stringify(saved)).not.toContain("package:one");
    expect(saved.run.definitionsAt).toBe(1);
    expect(RunView.restore(saved, graph, [one]).definition("package:one")).toEqual(one);
    const { graph: _, type: __, ...rest } = started;
    view.apply(
      { ...rest, type: "run.forked", from: { run: "run", life: "life", position: 1 }, definitions: [two] },
      200,
    );
    expect([view.definition("package:one"), view.definition("package:two")]).toEqual([undefined, two]);
    expect(view.definition(undefined)).toBeUndefined();
  });
});
