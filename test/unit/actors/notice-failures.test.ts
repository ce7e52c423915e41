import { warningsDuring } from "../../support/warnings.ts";
import { describe, expect, test } from "vitest";
import { defineGraph, limits, memoryJournal, step, task } from "runfold";
import type { Notice, NoticeAnswer, NoticeSubscription } from "runfold";
import { failingJournal } from "runfold/testing";
import { Ear, end, statesOf, steady, three } from "./notice-ear.ts";
import { ManualClock, openWorld, turns } from "./world.ts";

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
    let isOver = (): void => undefined;
    const over = new Promise<void>((resolve) => (isOver = resolve));
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
      if (notice.isTerminal) isOver();
    };
    const world = await openWorld({ notices: [{ subscriber: "s", sink }] });
    const run = await world.runtime.start(graph, { id: "x" });
    await end(tasks);
    await over;
    expect(run.snapshot().status).toBe("canceled");
    expect(done).toEqual(["running", "canceled"]);
    expect(await world.runtime.get("x")).toBeUndefined();
    expect((await (await world.runtime.get("next"))!.outcome()).status).toBe("succeeded");
    expect(world.diagnostics).toEqual([]);
  });
});

test("a journal that cannot keep what became of a notice loses none: it is told again by the next process", async () => {
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

test("one subscriber is given so many notices at once, each of another run; the others wait, and Node warns of nothing", async () => {
  expect(await warningsDuring(manyAtOnce)).toEqual([]);
});

async function manyAtOnce(): Promise<void> {
  const answers: (() => void)[] = [];
  const ear = new Ear(() => new Promise<void>((resolve) => answers.push(resolve)));
  const { runtime } = await openWorld({ notices: [ear.subscription] });
  const quick = defineGraph("quick", { objective: "End.", steps: [step("a", { run: task(() => 1) })] });
  const count = limits.noticesAtOnceMax + 3;
  for (let number = 0; number < count; number++) await (await runtime.start(quick)).outcome();
  await turns(20);
  expect(answers).toHaveLength(limits.noticesAtOnceMax);
  answers[0]!();
  answers[1]!();
  await turns(20);
  expect(answers).toHaveLength(limits.noticesAtOnceMax + 2);
  for (let number = 2; number < count; number++) {
    answers[number]!();
    await turns();
  }
  expect(new Set(ear.got.map(({ run }) => run)).size).toBe(count);
}
