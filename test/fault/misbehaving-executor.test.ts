import { describe, expect, test } from "vitest";
import { defineGraph, limits, memoryJournal, step, task, verify } from "runfold";
import type { Attempt, AttemptResult, Executor, Journal, Run } from "runfold";
import { failed, succeeded } from "runfold/testing";
import { eventsOf, openWorld, turns, words } from "../unit/actors/world.ts";
import type { World } from "../unit/actors/world.ts";

const never = new Promise<never>(() => undefined);

/** `bad` is run by what the test breaks; `after` comes behind it whatever happens. */
function graphOf(options: { readonly attempts?: number; readonly timeoutSeconds?: number } = {}) {
  const { attempts = 1, timeoutSeconds = 60 } = options;
  const bad = step("bad", { run: task(() => 1), timeoutSeconds, retry: { attempts } });
  const after = step("after", { after: { bad }, run: task(() => 2) });
  return defineGraph("g", { objective: "Go on.", steps: [bad, after] });
}

/** An executor that does with `bad` what it is given, and well with everything else. */
function executorOf(bad: (attempt: Attempt) => Promise<AttemptResult>, more: Partial<Executor> = {}): Executor {
  return {
    kinds: ["task"],
    execute: (attempt) => (attempt.step.id === "bad" ? bad(attempt) : Promise.resolve(succeeded())),
    ...more,
  };
}

async function expectEnded(run: Run, journal: Journal, expected: readonly string[]): Promise<void> {
  expect((await run.outcome()).run.isEnded).toBe(true);
  const told = words(await eventsOf(journal, run)).filter((word) => !/recorded|progressed|abortRequested/.test(word));
  expect(told).toEqual(["run started", ...expected, "run settled"]);
  expect(verify(await journal.read(run.id, 0, Number.MAX_SAFE_INTEGER))).toMatchObject({ ok: true });
}

describe("an executor", () => {
  const throwing: readonly [string, (attempt: Attempt) => Promise<AttemptResult>][] = [
    [
      "throws",
      () => {
        throw new Error("boom");
      },
    ],
    [
      "throws nothing at all",
      () => {
        throw undefined;
      },
    ],
    ["rejects", () => Promise.reject(new Error("boom"))],
    ["gives no result", () => Promise.resolve(undefined as never)],
    ["gives no promise", () => 42 as never],
    [
      "gives a promise that throws when it is asked",
      () =>
        ({
          // oxlint-disable-next-line unicorn/no-thenable
          then: () => {
            throw new Error("boom");
          },
        }) as never,
    ],
    ["gives a result of a kind that nobody knows", () => Promise.resolve({ type: "perhaps" } as never)],
    ["gives a failure without a message", () => Promise.resolve({ type: "failed", failure: {} } as never)],
  ];
  test.each(throwing)("that %s fails its step as an executor's failure, and the run goes on", async (_what, bad) => {
    const { runtime, journal } = await openWorld({ executors: [executorOf(bad)] });
    const run = await runtime.start(graphOf(), { id: "r" });
    await expectEnded(run, journal, ["bad started", "bad failed", "after started", "after succeeded"]);
    expect((await run.result("bad")).failure).toMatchObject({ kind: "executor" });
  });

  test("that hangs, also when it is told to stop, is given up at its deadline, and the run goes on", async () => {
    const { runtime, clock, journal } = await openWorld({ executors: [executorOf(() => never)] });
    const run = await runtime.start(graphOf(), { id: "r" });
    await clock.advance(60_000 + limits.abortGraceMs + limits.attemptGiveUpMs);
    await expectEnded(run, journal, ["bad started", "bad timedOut", "after started", "after succeeded"]);
    expect(await eventsOf(journal, run)).toContainEqual(expect.objectContaining({ code: "step-abandoned" }));
  });

  test("that resolves twice, and says more afterwards, is heard once", async () => {
    let attempt: Attempt | undefined;
    const twice = (given: Attempt): Promise<AttemptResult> => {
      attempt = given;
      const result: PromiseLike<AttemptResult> = {
        // oxlint-disable-next-line unicorn/no-thenable
        then: (resolve) => {
          void resolve?.(succeeded("first"));
          void resolve?.(failed("second"));
          return never;
        },
      };
      return result as Promise<AttemptResult>;
    };
    const { runtime, journal } = await openWorld({ executors: [executorOf(twice)] });
    const run = await runtime.start(graphOf(), { id: "r" });
    await expectEnded(run, journal, ["bad started", "bad succeeded", "after started", "after succeeded"]);
    const before = await journal.head("r");
    await speak(attempt!);
    expect(await journal.head("r")).toBe(before);
    expect(await run.output("bad")).toBe("first");
  });

  test("that speaks for an old attempt while the new one runs is not heard", async () => {
    const attempts: Attempt[] = [];
    const ends: ((result: AttemptResult) => void)[] = [];
    const bad = (attempt: Attempt): Promise<AttemptResult> =>
      new Promise((resolve) => {
        attempts.push(attempt);
        ends.push(resolve);
      });
    const { runtime, journal } = await openWorld({ executors: [executorOf(bad)] });
    const run = await runtime.start(graphOf({ attempts: 2 }), { id: "r" });
    await turns();
    ends[0]!(failed());
    await turns();
    expect(attempts.map(({ number }) => number)).toEqual([1, 2]);
    const before = await journal.head("r");
    await speak(attempts[0]!);
    ends[0]!(succeeded("too late"));
    await turns();
    expect(await journal.head("r")).toBe(before);
    ends[1]!(succeeded("in time"));
    expect((await run.outcome()).status).toBe("succeeded");
    expect(await run.output("bad")).toBe("in time");
  });

  test("whose close throws does not keep others from closing", async () => {
    const { runtime } = await openWorld({
      executors: [
        executorOf(() => Promise.resolve(succeeded()), {
          close: () => {
            throw new Error("boom");
          },
        }),
      ],
    });
    expect(await runtime.close()).toBeUndefined();
  });
});

/** Everything that an executor can say of an attempt. */
async function speak(attempt: Attempt): Promise<void> {
  attempt.text("stdout", "late\n");
  attempt.note("late", 0.5);
  attempt.diagnostic("late", "error", "late");
  await expect(attempt.createArtifact("late")).rejects.toMatchObject({ code: "artifact.failed" });
  await turns();
}

describe("a run that is taken over with an executor", () => {
  /** A run in whose first attempt its owner was lost. */
  async function takeOver(more: Partial<Executor>): Promise<World & { readonly taking: Promise<Run> }> {
    const journal = memoryJournal();
    const first = await openWorld({ journal, executors: [executorOf(() => never)] });
    await first.runtime.start(graphOf(), { id: "r" });
    await turns();
    const executors = [executorOf(() => Promise.resolve(succeeded()), more)];
    const second = await openWorld({ journal, executors, recover: false, graphs: [graphOf()] });
    return { ...second, taking: second.runtime.resume("r", { force: true }) };
  }

  const again = [
    "run recovered",
    "bad interrupted",
    "bad retryDue",
    "bad started",
    "bad succeeded",
    "after started",
    "after succeeded",
  ];

  test.each<[string, Partial<Executor>]>([
    ["rejects", { sweep: () => Promise.reject(new Error("boom")) }],
    [
      "throws",
      {
        sweep: () => {
          throw new Error("boom");
        },
      },
    ],
  ])("whose sweep %s goes on, and it is said once", async (_how, more) => {
    const { taking, journal, diagnostics } = await takeOver(more);
    await expectEnded(await taking, journal, ["bad started", ...again]);
    expect(diagnostics.map(({ code }) => code)).toEqual(["sweep-failed"]);
  });

  test("whose sweep hangs can still be canceled, and nothing of it is launched", async () => {
    const launched: string[] = [];
    const { taking, journal, clock } = await takeOver({
      sweep: () => never,
      execute: ({ step }) => {
        launched.push(step.id);
        return Promise.resolve(succeeded());
      },
    });
    const run = await taking;
    await turns();
    expect(await run.cancel({ force: true })).toBeUndefined();
    await clock.advance(limits.attemptGiveUpMs);
    expect((await run.outcome()).status).toBe("canceled");
    expect(launched).toEqual([]);
    expect(verify(await journal.read("r", 0, Number.MAX_SAFE_INTEGER))).toMatchObject({ ok: true });
  });

  test("whose sweep hangs goes on when it has been waited for long enough", async () => {
    const { taking, journal, clock, diagnostics } = await takeOver({ sweep: () => never });
    const run = await taking;
    await clock.advance(limits.sweepGiveUpMs);
    await expectEnded(run, journal, ["bad started", ...again]);
    expect(diagnostics.map(({ code }) => code)).toEqual(["sweep-failed"]);
  });

  test("that throws when it is asked whether it resumes starts the step again", async () => {
    const { taking, journal } = await takeOver({
      resumes: () => {
        throw new Error("boom");
      },
    });
    const run = await taking;
    await expectEnded(run, journal, ["bad started", ...again]);
    expect(run.snapshot().status).toBe("succeeded");
  });
});

describe("an observer", () => {
  test("that hangs holds up neither the run nor other observers", async () => {
    const { runtime, journal } = await openWorld({ executors: [executorOf(() => Promise.resolve(succeeded()))] });
    const run = await runtime.start(graphOf(), { id: "r" });
    // Whoever hangs has not come back from the first event; whoever waits for it must do so alone.
    const slow = run.events()[Symbol.asyncIterator]();
    await slow.next();
    run.events$.subscribe(() => void never.catch(() => undefined));
    const heard: string[] = [];
    run.events$.subscribe(({ event }) => void heard.push(event.type));
    await expectEnded(run, journal, ["bad started", "bad succeeded", "after started", "after succeeded"]);
    expect(heard.at(-1)).toBe("run.settled");
    expect((await slow.next()).value?.position).toBe(2);
  });
});
