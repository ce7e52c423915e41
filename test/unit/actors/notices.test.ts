import { describe, expect, test } from "vitest";
import { defineGraph, limits, memoryJournal, step, task } from "runfold";
import type { Graph, GraphNotify, Notice, NoticeAnswer, NoticeSubscription, Run } from "runfold";
import { Held, ManualClock, openWorld, turns } from "./world.ts";

/** A sink that remembers what it got, and answers as it is told. */
class Ear {
  readonly got: Notice[] = [];
  readonly subscription: NoticeSubscription;

  constructor(
    answer: (notice: Notice, times: number) => NoticeAnswer | Promise<NoticeAnswer> = () => undefined,
    name = "ear",
  ) {
    this.subscription = {
      subscriber: name,
      sink: (notice) => {
        this.got.push(notice);
        return answer(notice, this.got.filter(({ key }) => key === notice.key).length);
      },
    };
  }

  get reasons(): (readonly string[])[] {
    return this.got.map(({ reasons }) => reasons);
  }
}

interface Three {
  readonly graph: Graph;
  readonly tasks: Readonly<Record<"a" | "b" | "c", Held<string>>>;
}

/** Three results that end when they are told to. */
function three(notify: GraphNotify = {}): Three {
  const tasks = { a: new Held<string>(), b: new Held<string>(), c: new Held<string>() };
  const steps = Object.entries(tasks).map(([id, held]) => step(id, { run: task(held.call) }));
  return { graph: defineGraph("three", { objective: "Give three results.", steps, notify }), tasks };
}

async function end(tasks: Three["tasks"]): Promise<void> {
  for (const held of Object.values(tasks)) {
    held.succeed("done");
    await turns();
  }
}

async function statesOf(
  runtime: { notices: { of(run: string): Promise<readonly { notice: number; state: string }[]> } },
  run: Run,
) {
  return (await runtime.notices.of(run.id)).map(({ notice, state }) => `${notice} ${state}`);
}

describe("a subscriber", () => {
  test("is told of each result without an interval, and then of the end", async () => {
    const ear = new Ear();
    const { runtime } = await openWorld({ notices: [ear.subscription] });
    const { graph, tasks } = three({ minIntervalSeconds: 0 });
    const run = await runtime.start(graph, { id: "x" });
    await end(tasks);
    expect(ear.reasons).toEqual([
      ["sink a succeeded"],
      ["sink b succeeded"],
      ["terminal:succeeded", "sink c succeeded"],
    ]);
    expect(ear.got.map(({ isTerminal, status, mode, attempt }) => [isTerminal, status, mode, attempt])).toEqual([
      [false, "running", "milestones", 1],
      [false, "running", "milestones", 1],
      [true, "succeeded", "milestones", 1],
    ]);
    const { life } = run.snapshot();
    expect(ear.got.map(({ key }) => key)).toEqual([1, 2, 3].map((number) => `x.${life}.${number}`));
    expect(await statesOf(runtime, run)).toEqual(["0 closed", "1 delivered", "2 delivered", "3 delivered"]);
  });

  test("is told at once, then when the interval is over, of all that came up meanwhile", async () => {
    const ear = new Ear();
    const { runtime, clock } = await openWorld({ notices: [ear.subscription] });
    const { graph, tasks } = three({ minIntervalSeconds: 10 });
    await runtime.start(graph);
    tasks.a.succeed("x");
    await turns();
    tasks.b.fail(new Error("No."));
    await clock.advance(9_999);
    expect(ear.reasons).toEqual([["sink a succeeded"]]);
    await clock.advance(1);
    expect(ear.reasons).toEqual([["sink a succeeded"], ["sink b failed", "step b failed"]]);
  });

  test("is not kept waiting by a clock that is set back", async () => {
    const ear = new Ear();
    const { runtime, clock } = await openWorld({ notices: [ear.subscription] });
    const { graph, tasks } = three({ minIntervalSeconds: 10 });
    await runtime.start(graph);
    tasks.a.succeed("x");
    await turns();
    clock.setBack(500_000);
    tasks.b.succeed("x");
    await turns();
    await clock.advance(10_000);
    expect(ear.reasons).toEqual([["sink a succeeded"], ["sink b succeeded"]]);
  });

  test("of a graph that tells nobody is told nothing, and nothing is kept of it; the run can be looked at all the same", async () => {
    const ear = new Ear();
    const { runtime } = await openWorld({ notices: [ear.subscription] });
    const { graph, tasks } = three({ mode: "none" });
    const run = await runtime.start(graph);
    await end(tasks);
    expect(ear.got).toEqual([]);
    expect(run.snapshot().status).toBe("succeeded");
    expect(await statesOf(runtime, run)).toEqual([]);
  });

  test("of the mode final is told of the end alone", async () => {
    const ear = new Ear();
    const { runtime } = await openWorld({ notices: [ear.subscription] });
    const { graph, tasks } = three({ mode: "final", minIntervalSeconds: 0 });
    await runtime.start(graph);
    await end(tasks);
    expect(ear.reasons).toEqual([["terminal:succeeded"]]);
  });

  test("gets where the results are and how large, without their text and without events; and a place to read on from", async () => {
    const ear = new Ear();
    const { runtime } = await openWorld({ notices: [ear.subscription] });
    const { graph, tasks } = three({ mode: "final" });
    const run = await runtime.start(graph);
    tasks.a.succeed("secret".repeat(10_000));
    tasks.b.succeed("short secret");
    tasks.c.fail(new Error("secret reason"));
    await run.outcome();
    await turns(20);
    const [notice] = ear.got;
    expect(notice!.summary).toMatchObject({
      status: "mixed",
      position: run.snapshot().position,
      counts: { succeeded: 2, failed: 1, running: 0 },
      outputs: [
        { step: "a", status: "succeeded", artifacts: [{ bytes: 60_000 }] },
        { step: "b", status: "succeeded", bytes: '"short secret"'.length },
        { step: "c", status: "failed" },
      ],
      omittedOutputs: 0,
    });
    expect(notice!.summary.outputs[0]!.bytes).toBeGreaterThanOrEqual(60_000);
    expect(JSON.stringify(notice)).not.toContain("secret");
    const receipt = await run.wait({ after: notice!.cursor, timeoutMs: 0 });
    expect(receipt.events).toEqual([]);
  });

  test("hears of a cancel once it is over, and of nothing on the way", async () => {
    const ear = new Ear();
    const { runtime } = await openWorld({ notices: [ear.subscription] });
    const { graph, tasks } = three({ minIntervalSeconds: 0 });
    const run = await runtime.start(graph);
    await tasks.a.started();
    await run.cancel();
    await end(tasks);
    expect(ear.got.map(({ status, isTerminal }) => [status, isTerminal])).toEqual([["canceled", true]]);
  });

  test("may not have the name of another one, or none that is a name", async () => {
    const sink = (): undefined => undefined;
    for (const names of [["a", "a"], [""], ["a b"], ["x".repeat(65)]]) {
      const notices = names.map((subscriber) => ({ subscriber, sink }));
      await expect(openWorld({ notices })).rejects.toMatchObject({ code: "notice.invalid" });
    }
  });
});

describe("a sink that fails", () => {
  test.each<[string, () => NoticeAnswer | Promise<NoticeAnswer>, string]>([
    [
      "throws",
      () => {
        throw new Error("broken");
      },
      "Error: broken",
    ],
    ["rejects", () => Promise.reject(new Error("broken")), "Error: broken"],
    ["returns a text", () => "not now", "not now"],
    ["says why", () => ({ reason: "not now" }), "not now"],
    [
      "throws what is no error",
      () => {
        throw Object.create(null);
      },
      "a value that cannot be shown",
    ],
  ])(
    "because it %s changes no run: one diagnostic of the run and of the runtime, and no notice of it",
    async (_how, answer, reason) => {
      const ear = new Ear(answer);
      const { runtime, diagnostics } = await openWorld({ notices: [ear.subscription] });
      const { graph, tasks } = three({ minIntervalSeconds: 0 });
      const run = await runtime.start(graph);
      await end(tasks);
      const outcome = await run.outcome();
      expect(outcome.status).toBe("succeeded");
      const events = [];
      for await (const { event } of run.events()) if (event.type === "diagnostic.recorded") events.push(event);
      expect(events).toEqual([
        {
          type: "diagnostic.recorded",
          code: "notice-failed",
          severity: "warning",
          message: `A notice was not delivered to: ear: ${reason}`,
        },
      ]);
      expect(diagnostics.map(({ code, message }) => [code, message])).toEqual([["notice-failed", `ear: ${reason}`]]);
      expect(
        run
          .notices()
          .flatMap(({ reasons }) => reasons)
          .filter((one) => one.startsWith("diagnostic:")),
      ).toEqual([]);
    },
  );

  test("is asked again, later each time, until it takes the notice; those after it wait for it", async () => {
    const ear = new Ear((_notice, times) => (times < 3 ? "not now" : undefined));
    const { runtime, clock } = await openWorld({ notices: [ear.subscription], entropy: steady });
    const { graph, tasks } = three({ minIntervalSeconds: 0 });
    const run = await runtime.start(graph);
    await end(tasks);
    expect(ear.got.map(({ notice, attempt }) => [notice, attempt])).toEqual([[1, 1]]);
    await clock.advance(limits.noticeBackoffMs - 1);
    expect(ear.got).toHaveLength(1);
    await clock.advance(1);
    expect(ear.got).toHaveLength(2);
    await clock.advance(2 * limits.noticeBackoffMs - 1);
    expect(ear.got).toHaveLength(2);
    await clock.advance(1);
    // The third time it is taken, and the next one follows.
    expect(ear.got.map(({ notice, attempt }) => [notice, attempt])).toEqual([
      [1, 1],
      [1, 2],
      [1, 3],
      [2, 1],
    ]);
    await clock.advance(60_000);
    expect(ear.got.map(({ notice }) => notice)).toEqual([1, 1, 1, 2, 2, 2, 3, 3, 3]);
    expect(await statesOf(runtime, run)).toEqual(["0 closed", "1 delivered", "2 delivered", "3 delivered"]);
  });

  test("is not asked before the time that it names, and for no longer than the longest wait", async () => {
    const ear = new Ear((_notice, times) => ({ reason: "busy", retryAfterMs: times === 1 ? 7_000 : 1e12 }));
    const { runtime, clock } = await openWorld({ notices: [ear.subscription], entropy: steady });
    const { graph, tasks } = three({ mode: "final" });
    await runtime.start(graph);
    await end(tasks);
    await clock.advance(6_999);
    expect(ear.got).toHaveLength(1);
    await clock.advance(1);
    expect(ear.got).toHaveLength(2);
    await clock.advance(limits.noticeBackoffMaxMs);
    expect(ear.got).toHaveLength(3);
  });

  test("for good leaves the notice undelivered, where it can be seen, and asked for again under the same key", async () => {
    let isBroken = true;
    const ear = new Ear(() => (isBroken ? "not now" : undefined));
    const { runtime, clock } = await openWorld({ notices: [ear.subscription] });
    const { graph, tasks } = three({ mode: "final" });
    const run = await runtime.start(graph, { id: "x" });
    await end(tasks);
    await clock.advance(3_600_000);
    expect(ear.got).toHaveLength(limits.noticeAttemptsMax);
    expect(await runtime.notices.undelivered("ear")).toMatchObject([
      { run: "x", notice: 1, state: "undelivered", attempts: limits.noticeAttemptsMax, reason: "not now" },
    ]);
    isBroken = false;
    expect(await runtime.notices.redeliver("ear")).toBe(1);
    await turns(20);
    expect(ear.got.at(-1)).toMatchObject({ key: ear.got[0]!.key, attempt: limits.noticeAttemptsMax + 1 });
    expect(await runtime.notices.undelivered("ear")).toEqual([]);
    expect(await statesOf(runtime, run)).toEqual(["0 closed", "1 delivered"]);
    expect(await runtime.notices.redeliver("ear")).toBe(0);
    await expect(runtime.notices.redeliver("nobody")).rejects.toMatchObject({ code: "notice.invalid" });
  });

  test("and says that it always will is not asked again, and what comes after is told", async () => {
    const ear = new Ear(({ notice }) => (notice === 1 ? { reason: "gone", isFinal: true } : undefined));
    const { runtime } = await openWorld({ notices: [ear.subscription] });
    const { graph, tasks } = three({ minIntervalSeconds: 0 });
    const run = await runtime.start(graph);
    await end(tasks);
    expect(ear.got.map(({ notice }) => notice)).toEqual([1, 2, 3]);
    expect(await statesOf(runtime, run)).toEqual(["0 closed", "1 undelivered", "2 delivered", "3 delivered"]);
  });

  test("because it hangs is given up after a while, told so, and asked again", async () => {
    const signals: AbortSignal[] = [];
    const clock = new ManualClock();
    const hung: NoticeSubscription = {
      subscriber: "hung",
      sink: (_notice, { signal }) => {
        signals.push(signal);
        return new Promise(() => undefined);
      },
    };
    const ear = new Ear();
    const { runtime, diagnostics } = await openWorld({ clock, notices: [hung, ear.subscription] });
    const { graph, tasks } = three({ mode: "final" });
    const run = await runtime.start(graph);
    await end(tasks);
    expect((await run.outcome()).status).toBe("succeeded");
    expect(ear.got).toHaveLength(1);
    expect(signals.map(({ aborted }) => aborted)).toEqual([false]);
    await clock.advance(limits.noticeGiveUpMs);
    expect(signals.map(({ aborted }) => aborted)).toEqual([true]);
    expect(diagnostics.map(({ message }) => message)).toEqual(["hung: It gave no answer within 30000 ms."]);
    await clock.advance(limits.noticeBackoffMs);
    expect(signals).toHaveLength(2);
  });

  test("may do anything with the run from inside: cancel it, clean it up, start another", async () => {
    const done: string[] = [];
    const { graph, tasks } = three({ minIntervalSeconds: 0 });
    const other = defineGraph("other", {
      objective: "Follow.",
      steps: [step("only", { run: task(() => 1) })],
      notify: { mode: "none" },
    });
    const sink = async (notice: Notice): Promise<void> => {
      const run = (await world.runtime.get(notice.run))!;
      if (!notice.isTerminal) await run.cancel({ reason: "It is enough." });
      else {
        await run.cleanup();
        await world.runtime.start(other, { id: "next" });
      }
      done.push(notice.status);
    };
    const world = await openWorld({ notices: [{ subscriber: "s", sink }] });
    const run = await world.runtime.start(graph, { id: "x" });
    await end(tasks);
    await turns(30);
    expect(run.snapshot().status).toBe("canceled");
    expect(done).toEqual(["running", "canceled"]);
    expect(await world.runtime.get("x")).toBeUndefined();
    expect((await (await world.runtime.get("next"))!.outcome()).status).toBe("succeeded");
    expect(world.diagnostics).toEqual([]);
  });
});

/** Chance takes nothing away. */
const steady = { fraction: () => 0, uniqueName: () => `name-${++names}` };
let names = 0;

describe("observers", () => {
  test("of a runtime hear of all its runs, of each in order; one that throws is dropped, and hurts nobody", async () => {
    const { runtime, diagnostics } = await openWorld();
    const heard: string[] = [];
    let isComplete = false;
    runtime.notices.all$.subscribe(() => {
      throw new Error("broken");
    });
    runtime.notices.all$.subscribe({
      next: ({ run, notice }) => void heard.push(`${run} ${notice}`),
      complete: () => (isComplete = true),
    });
    const one = three({ minIntervalSeconds: 0 });
    const other = three({ mode: "final" });
    await runtime.start(one.graph, { id: "x" });
    await runtime.start(other.graph, { id: "y" });
    await end(one.tasks);
    await end(other.tasks);
    expect(heard).toEqual(["x 1", "x 2", "x 3", "y 1"]);
    expect(diagnostics.map(({ code }) => code)).toEqual(["observer-failed"]);
    await runtime.close();
    await turns();
    expect(isComplete).toBe(true);
  });

  test("of a run hear what was, then what comes, and of its end", async () => {
    const { runtime } = await openWorld();
    const { graph, tasks } = three({ minIntervalSeconds: 0 });
    const run = await runtime.start(graph);
    tasks.a.succeed("x");
    await turns();
    const heard: (number | string)[] = [];
    const observe = (): void =>
      void run.notices$.subscribe({ next: ({ notice }) => heard.push(notice), complete: () => heard.push("end") });
    observe();
    await turns();
    expect(heard).toEqual([1]);
    tasks.b.succeed("x");
    await turns();
    tasks.c.succeed("x");
    await turns(20);
    expect(heard).toEqual([1, 2, 3, "end"]);
    heard.length = 0;
    observe();
    await turns(20);
    expect(heard).toEqual([1, 2, 3, "end"]);
  });
});

test("a journal that cannot keep what became of a notice loses none: it is told again by the next process", async () => {
  const { failingJournal } = await import("runfold/testing");
  const inner = memoryJournal();
  const journal = failingJournal(inner);
  journal.failCall("markNotice", 1);
  const ear = new Ear();
  const { runtime, diagnostics } = await openWorld({ journal, notices: [ear.subscription] });
  const { graph, tasks } = three({ minIntervalSeconds: 0 });
  const run = await runtime.start(graph);
  await end(tasks);
  expect(diagnostics.map(({ code }) => code)).toEqual(["notices-failed"]);
  expect(await statesOf(runtime, run)).toEqual(["0 open", "2 delivered", "3 delivered"]);
  const again = new Ear();
  await openWorld({ journal: inner, notices: [again.subscription] });
  await turns(20);
  expect(again.got.map(({ key }) => key)).toEqual([ear.got[0]!.key]);
});
