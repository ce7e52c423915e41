import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { beforeEach, describe, expect, onTestFinished, test } from "vitest";
import { defineGraph, memoryArtifacts, openRuntime, step, task, verify } from "runfold";
import type { Journal, Run } from "runfold";
import { failed, scriptedExecutor, succeeded } from "runfold/testing";
import type { ScriptedExecutor } from "runfold/testing";
import { countOf, faultPlaces, graphOf } from "../support/fault-place.ts";
import { eventsOf, ManualClock, openWorld, turns } from "../unit/actors/world.ts";

const dayMs = 86_400_000;
const placeOf = faultPlaces();

/** Sets the clock to another time, without the time in between, and lets what is due then come. */
async function jump(clock: ManualClock, ms: number): Promise<void> {
  clock.setBack(-ms);
  await clock.advance(0);
}

/** One step that runs, one that waits for its retry, one that waits for both. */
function threeSteps() {
  const backoffSeconds = 60;
  const runs = step("runs", { run: task(() => 1), timeoutSeconds: 3_600, retry: { attempts: 2, backoffSeconds } });
  const waits = step("waits", { run: task(() => 2), timeoutSeconds: 3_600, retry: { attempts: 3, backoffSeconds } });
  const last = step("last", { needs: { runs, waits }, run: task(() => 3) });
  return defineGraph("jumps", {
    objective: "Be on time.",
    steps: [runs, waits, last],
    limits: { maxRunSeconds: 40_000, retentionSeconds: 600 },
  });
}

async function startThree(
  runtime: { start(graph: ReturnType<typeof threeSteps>, options: { id: string }): Promise<Run> },
  script: ScriptedExecutor,
) {
  const run = await runtime.start(threeSteps(), { id: "r" });
  await turns();
  script.end("waits", failed());
  await turns();
  expect(Array.from(run.snapshot().steps, ({ status }) => status)).toEqual(["running", "pending", "pending"]);
  return run;
}

async function expectVerified(journal: Journal, run: string): Promise<void> {
  expect(verify(await journal.read(run, 0, Number.MAX_SAFE_INTEGER))).toMatchObject({ ok: true });
}

describe("a clock that jumps 400 days ahead", () => {
  test("expires a run once, whatever else became due in between", async () => {
    const script = scriptedExecutor();
    const { runtime, clock, journal } = await openWorld({ executors: [script] });
    const run = await startThree(runtime, script);
    await jump(clock, 400 * dayMs);
    expect((await run.outcome()).status).toBe("expired");
    const events = await eventsOf(journal, run);
    expect([countOf(events, "run.expired"), countOf(events, "run.settled")]).toEqual([1, 1]);
    const aborts = events.flatMap((event) =>
      event.type === "step.abortRequested" ? [`${event.step} ${event.attempt}`] : [],
    );
    expect(new Set(aborts).size).toBe(aborts.length);
    await expectVerified(journal, "r");
    expect(clock.armed).toBe(0);
  });

  test("times an attempt out once, and its retry has all of its time", async () => {
    const script = scriptedExecutor();
    const { runtime, clock, journal } = await openWorld({ executors: [script] });
    const run = await startThree(runtime, script);
    // Beyond the deadline of the attempt and the time of the retry, not of the run.
    await jump(clock, 2 * 3_600_000);
    const { type, deadlineAt } = (await eventsOf(journal, run)).findLast(({ type }) => type === "step.started") as {
      type: string;
      deadlineAt: number;
    };
    expect([type, deadlineAt]).toEqual(["step.started", clock.now() + 3_600_000]);
    await clock.advance(60_000);
    for (const name of ["runs", "waits", "last"]) {
      script.end(name, succeeded());
      await turns();
    }
    expect((await run.outcome()).status).toBe("succeeded");
    const events = await eventsOf(journal, run);
    expect([
      countOf(events, "step.abortRequested"),
      countOf(events, "step.retryScheduled"),
      countOf(events, "step.retryDue"),
    ]).toEqual([1, 2, 2]);
    await expectVerified(journal, "r");
  });

  test("deletes what was to be deleted by then, and nothing that has not ended", async () => {
    const script = scriptedExecutor();
    const { runtime, clock, journal } = await openWorld({ executors: [script] });
    const brief = { objective: "End.", limits: { retentionSeconds: 600 } };
    const ended = await runtime.start(defineGraph("g", { ...brief, steps: [step("a", { run: task(() => 1) })] }), {
      id: "ended",
    });
    await turns();
    script.end("a", succeeded(), "ended");
    await ended.outcome();
    const run = await startThree(runtime, script);
    clock.setBack(-400 * dayMs);
    const before = clock.now();
    await clock.advance(0);
    expect(await journal.head("ended")).toBe(0);
    // It has only ended now, so its own time of retention begins now.
    expect(run.snapshot()).toMatchObject({ status: "expired", cleanupAt: before + 600_000 });
    expect(await journal.head("r")).toBeGreaterThan(0);
    await clock.advance(600_000);
    expect(await journal.head("r")).toBe(0);
  });
});

describe("a clock that is set back a day", () => {
  test("lets nothing come twice", async () => {
    const script = scriptedExecutor();
    const { runtime, clock, journal } = await openWorld({ executors: [script] });
    const run = await startThree(runtime, script);
    await clock.advance(60_000);
    clock.setBack(dayMs);
    script.end("waits", failed());
    await turns();
    // Armed at the time that it is now: it waits for no longer than its backoff.
    await clock.advance(120_000);
    script.end("waits", succeeded());
    await clock.advance(dayMs);
    script.end("runs", succeeded());
    await turns();
    script.end("last", succeeded());
    expect((await run.outcome()).status).toBe("succeeded");
    const events = await eventsOf(journal, run);
    expect([countOf(events, "step.started"), countOf(events, "step.retryDue")]).toEqual([5, 2]);
    await expectVerified(journal, "r");
  });
});

describe("a clock that is another one after a crash", () => {
  /** A run as it is left when its process is gone, and the executor of whoever takes it over. */
  async function left() {
    const first = scriptedExecutor({ stops: "ignore" });
    const { runtime, journal } = await openWorld({ executors: [first] });
    await startThree(runtime, first);
    return journal;
  }

  async function takeOver(journal: Journal, clock: ManualClock) {
    const script = scriptedExecutor();
    const runtime = await openRuntime({
      journal,
      clock,
      executors: [script],
      artifacts: memoryArtifacts(),
      graphs: [threeSteps()],
      recover: false,
    });
    onTestFinished(async () => {
      const closed = runtime.close().catch(() => undefined);
      await clock.advance(60_000);
      await closed;
    });
    return { script, run: await runtime.resume("r", { force: true }) };
  }

  test("400 days later expires the run once, and runs nothing of it", async () => {
    const journal = await left();
    const clock = new ManualClock();
    clock.setBack(-400 * dayMs);
    const { script, run } = await takeOver(journal, clock);
    expect((await run.outcome()).status).toBe("expired");
    // As long as it is kept.
    await clock.advance(599_000);
    const events = await eventsOf(journal, "r");
    expect([countOf(events, "run.expired"), countOf(events, "step.interrupted")]).toEqual([1, 1]);
    expect(script.attempts).toEqual([]);
    await expectVerified(journal, "r");
  });

  test("a day earlier goes on at once, and a retry waits for no longer than its backoff", async () => {
    const journal = await left();
    const clock = new ManualClock();
    clock.setBack(dayMs);
    const { script, run } = await takeOver(journal, clock);
    await turns();
    expect(script.running.map(({ step, number }) => `${step} ${number}`)).toEqual(["runs 2"]);
    await clock.advance(60_000);
    expect(script.running.map(({ step, number }) => `${step} ${number}`)).toEqual(["runs 2", "waits 2"]);
    for (const name of ["runs", "waits", "last"]) {
      script.end(name, succeeded());
      await turns();
    }
    expect((await run.outcome()).status).toBe("succeeded");
    await expectVerified(journal, "r");
  });
});

/** What lets a program see another time than it is, as the tool of that name says; an empty text where it is not installed. */
const library =
  spawnSync("faketime", ["-f", "+0", "sh", "-c", 'echo "$LD_PRELOAD"'], { encoding: "utf8" }).stdout?.trim() ?? "";

describe("the wall clock of a real process", () => {
  beforeEach((context) => {
    if (library === "") context.skip("faketime is not installed here.");
  });

  /** A place whose processes see the time that its file says, while what measures durations stays as it is. */
  function placeWithClock() {
    const place = placeOf();
    const set = (change: string): void => writeFileSync(place.path("clock"), `${change}\n`);
    set("+0");
    const through = [
      "env",
      `LD_PRELOAD=${library}`,
      `FAKETIME_TIMESTAMP_FILE=${place.path("clock")}`,
      "FAKETIME_NO_CACHE=1",
      "FAKETIME_DONT_FAKE_MONOTONIC=1",
    ];
    return { place, set, through };
  }

  const failsOnce =
    "if [ $RUNFOLD_ATTEMPT = 1 ]; then echo begun > begun; while [ ! -e go ]; do sleep 0.02; done; exit 7; fi; echo done";
  const steps = [
    { id: "fails", shell: failsOnce, retry: { attempts: 2, backoffSeconds: 0.3 } },
    { id: "stubborn", shell: "trap '' TERM; echo begun > stubborn; while :; do sleep 0.05; done", timeoutSeconds: 0.7 },
    { id: "last", shell: "echo last", after: ["fails", "stubborn"] },
  ];

  test.each([
    ["set back a day", "-1d"],
    ["ten times as fast", "+0 x10"],
  ])("%s: retries, deadlines and kills all come, once", async (_what, change) => {
    const { place, set, through } = placeWithClock();
    const owner = place.owner({ graphs: { r: graphOf("clock", steps) } }, { through });
    await place.written("begun");
    await place.written("stubborn");
    set(change);
    place.write("go");
    expect(await owner.until(({ ended }) => ended !== undefined)).toMatchObject({ ended: "failed" });
    await owner.close();
    const { events, verification, recorded } = await place.kept("r");
    expect(verification).toMatchObject({ ok: true });
    expect([
      countOf(events, "step.retryScheduled"),
      countOf(events, "step.timedOut"),
      countOf(events, "step.succeeded"),
    ]).toEqual([1, 1, 2]);
    const times = recorded.map(({ at }) => at);
    expect(times).toEqual(times.toSorted((one, other) => one - other));
  });

  test("400 days ahead after a crash: the run expires once, when it is taken over", async () => {
    const { place, set, through } = placeWithClock();
    const first = place.owner({ graphs: { r: graphOf("clock", steps) } }, { through });
    await place.written("begun");
    await first.kill();
    set("+400d");
    const second = place.owner({ follow: ["r"] }, { through });
    expect(await second.until(({ ended }) => ended !== undefined)).toMatchObject({ ended: "expired" });
    await second.close();
    const { events, verification } = await place.kept("r");
    expect(verification).toMatchObject({ ok: true });
    expect([countOf(events, "run.expired"), countOf(events, "run.settled")]).toEqual([1, 1]);
  });
});
