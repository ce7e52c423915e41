import { beforeEach, describe, expect, test } from "vitest";
import { limits, memoryArtifacts } from "runfold";
import { failed, scriptedExecutor, succeeded } from "runfold/testing";
import type { AttemptResult, Executor, Input, StepDocument } from "runfold";
import { StepActor } from "../../../src/actors/step-actor.ts";
import type { AttemptHost } from "../../../src/actors/attempt-host.ts";
import { ManualClock, turns } from "./world.ts";

let clock: ManualClock;
let heard: (Input | string)[];
let host: AttemptHost;

beforeEach(() => {
  clock = new ManualClock();
  heard = [];
  host = {
    run: "run",
    owner: () => ({ life: "life", epoch: 1 }),
    place: "place",
    graph: { name: "graph", objective: "o", steps: [] },
    definitionOf: () => undefined,
    root: "/",
    clock,
    entropy: { fraction: () => 0.25, uniqueName: () => "name" },
    artifacts: memoryArtifacts(),
    abortGraceMs: 1_000,
    placeOf: () => undefined,
    upstreamOf: () => [],
    report: (report) => void heard.push(report),
    keepDeadline: () => undefined,
    timeOut: (step, attempt) => void heard.push(`${step} ${attempt} out of time`),
    diagnose: (code, _severity, _message, _step, isLate) =>
      void heard.push(isLate ? `${code}, when it was over` : code),
  };
});

function actorOf(step: Partial<StepDocument> = {}): StepActor {
  return new StepActor(host, { id: "a", task: "a", ...step }, 1, clock.now() + 60_000, false);
}

const executorOf = (execute: () => Promise<AttemptResult>): Executor => ({ kinds: ["task"], execute });
const types = (): string[] => heard.map((input) => (typeof input === "string" ? input : input.type));
const boom = new Error("boom");

describe("what an attempt asked of models", () => {
  const usage = { inputTokens: 7, outputTokens: 1 };

  test("is in the report of its end", async () => {
    actorOf().launch(executorOf(() => Promise.resolve({ ...succeeded(7), usage })));
    actorOf().launch(executorOf(() => Promise.resolve({ ...failed(), usage })));
    await turns();
    expect(heard).toMatchObject([
      { type: "step.succeed", usage },
      { type: "step.fail", usage },
    ]);
  });

  test("is said to be missing where it was told in no known form", async () => {
    actorOf().launch(executorOf(() => Promise.resolve({ ...succeeded(7), usage: { tokens: 7 } as never })));
    await turns();
    expect(types()).toEqual(["usage-invalid", "step.succeed"]);
    expect(heard[1]).not.toHaveProperty("usage");
  });
});

test("an attempt tells each thing once, and leaves room for what other steps have to tell", () => {
  const actor = actorOf();
  const max = limits.diagnosticsPerAttemptMax;
  for (let turn = 0; turn < 3; turn++) {
    for (let n = 0; n < max + 5; n++) actor.diagnostic(`code-${n}`, "warning", `No ${n}.`);
  }
  expect(heard).toEqual([...Array.from({ length: max }, (_, n) => `code-${n}`), "diagnostics-limited"]);
});

describe("an attempt ends exactly once", () => {
  test("with what its executor gives", async () => {
    actorOf().launch(executorOf(() => Promise.resolve(succeeded(7))));
    await turns();
    expect(heard).toEqual([{ type: "step.succeed", step: "a", attempt: 1, output: { value: 7 } }]);
  });

  test.each<[string, () => Promise<AttemptResult>]>([
    [
      "throws",
      () => {
        throw boom;
      },
    ],
    ["rejects", () => Promise.reject(boom)],
    ["rejects with something that cannot be shown", () => Promise.reject(Object.create(null) as Error)],
    ["gives nothing", () => Promise.resolve(undefined as unknown as AttemptResult)],
    ["gives no promise", () => undefined as unknown as Promise<AttemptResult>],
    ["gives a result of no known type", () => Promise.resolve({ type: "done" } as unknown as AttemptResult)],
    ["gives success without an output", () => Promise.resolve({ type: "succeeded" } as unknown as AttemptResult)],
    ["gives a failure without a reason", () => Promise.resolve({ type: "failed" } as unknown as AttemptResult)],
  ])("as a failure of the executor when it %s", async (_what, execute) => {
    actorOf().launch(executorOf(execute));
    await turns();
    expect(heard).toEqual([
      {
        type: "step.fail",
        step: "a",
        attempt: 1,
        failure: { kind: "executor", message: expect.stringMatching(/^The executor failed: ./) },
        jitter: 0,
      },
    ]);
  });

  test("without an executor, for good", () => {
    actorOf().launch(undefined);
    expect(heard).toMatchObject([{ type: "step.fail", failure: { kind: "launch", final: true } }]);
  });

  test("although its executor ends it twice, or after it was given up", async () => {
    const script = scriptedExecutor({ stops: "ignore" });
    const actor = actorOf();
    actor.launch(script);
    actor.requestStop("canceled", true);
    await clock.advance(limits.attemptGiveUpMs);
    expect(types()).toEqual(["step-abandoned", "step.fail"]);
    script.attempts[0]!.end(succeeded());
    script.attempts[0]!.break(boom);
    await turns();
    expect(types()).toEqual(["step-abandoned", "step.fail"]);
  });

  test("and what its executor says afterwards is not heard, but for a diagnostic, which is told as a late one", async () => {
    const script = scriptedExecutor();
    const actor = actorOf();
    actor.launch(script);
    script.end("a", succeeded());
    await turns();
    actor.text("stdout", "late");
    actor.note("late");
    actor.diagnostic("late", "error", "late");
    actor.requestStop("canceled", true);
    await clock.advance(60_000);
    expect(types()).toEqual(["step.succeed", "late, when it was over"]);
    expect(script.attempts[0]!.stops).toEqual([]);
    expect(clock.armed).toBe(0);
  });

  test("a failure's message is bounded", async () => {
    actorOf().launch(executorOf(() => Promise.resolve(failed("m".repeat(100_000)))));
    await turns();
    const [report] = heard;
    expect(JSON.stringify(report).length).toBeLessThan(limits.failureMessageCharsMax + 200);
  });

  test("chance is drawn only where a retry may use it", async () => {
    actorOf({ retry: { attempts: 2 } }).launch(executorOf(() => Promise.resolve(failed())));
    await turns();
    expect(heard).toMatchObject([{ type: "step.fail", jitter: 0.25 }]);
  });
});

describe("an attempt that is told to stop", () => {
  test("before it was launched is never launched", () => {
    const script = scriptedExecutor();
    const actor = actorOf();
    actor.requestStop("canceled", false);
    actor.launch(script);
    expect(script.attempts).toEqual([]);
    expect(heard).toMatchObject([{ type: "step.fail", failure: { kind: "aborted" } }]);
    expect(clock.armed).toBe(0);
  });

  test("hears of it with its grace, and again when it becomes urgent", () => {
    const script = scriptedExecutor({ stops: "ignore" });
    const actor = actorOf();
    actor.launch(script);
    actor.requestStop("timedOut", false);
    actor.requestStop("canceled", true);
    expect(script.attempts[0]!.stops).toEqual([
      { cause: "timedOut", graceMs: 1_000, force: false },
      { cause: "canceled", graceMs: 0, force: true },
    ]);
  });

  test("is given up when grace and patience are over, with a diagnostic and the cause", async () => {
    const actor = actorOf();
    actor.launch(scriptedExecutor({ stops: "ignore" }));
    actor.requestStop("timedOut", false);
    await clock.advance(1_000 + limits.attemptGiveUpMs - 1);
    expect(heard).toEqual([]);
    await clock.advance(1);
    expect(types()).toEqual(["step-abandoned", "step.fail"]);
    expect(heard[1]).toMatchObject({ failure: { kind: "timedOut" } });
  });

  test("by force is given up sooner than its first grace would have been", async () => {
    const actor = actorOf();
    actor.launch(scriptedExecutor({ stops: "ignore" }));
    actor.requestStop("canceled", false);
    actor.requestStop("canceled", true);
    await clock.advance(limits.attemptGiveUpMs);
    expect(types()).toEqual(["step-abandoned", "step.fail"]);
  });

  test("tells all who listen, also after one that throws, and those that listen too late", () => {
    const actor = actorOf();
    actor.launch(scriptedExecutor({ stops: "ignore" }));
    const told: string[] = [];
    actor.onRequest(() => {
      throw boom;
    });
    actor.onRequest(() => void told.push("second"));
    actor.requestStop("canceled", false);
    actor.onRequest(() => void told.push("late"));
    expect(told).toEqual(["second", "late"]);
    expect(types()).toEqual(["stop-listener-failed"]);
  });
});

describe("the artifacts of an attempt", () => {
  test("are named after it and reported with its end", async () => {
    const actor = actorOf();
    const script = scriptedExecutor();
    actor.launch(script);
    const writer = await actor.createArtifact("out.txt");
    await writer.write(new TextEncoder().encode("hello"));
    const artifact = await writer.commit();
    const left = await actor.createArtifact("left.txt");
    await left.discard();
    script.end("a", failed());
    await turns();
    expect(artifact.name).toBe("a.1.out.txt");
    expect(heard).toMatchObject([{ type: "step.fail", artifacts: [artifact] }]);
  });

  test("with a name that nobody may give are refused", async () => {
    await expect(actorOf().createArtifact("../../etc/passwd")).rejects.toMatchObject({ code: "artifact.nameInvalid" });
  });

  test("are not begun when the attempt is over: nobody would record them", async () => {
    const actor = actorOf();
    actor.dispose();
    await expect(actor.createArtifact("late.txt")).rejects.toMatchObject({ code: "artifact.failed" });
    expect(await host.artifacts.list("run")).toEqual([]);
  });
});

test("progress of an attempt is reported as its own", () => {
  const actor = actorOf();
  actor.launch(scriptedExecutor());
  actor.text("stdout", "hello");
  actor.note("half way", 0.5);
  expect(heard).toMatchObject([
    { type: "step.progress", step: "a", attempt: 1, report: { kind: "text", text: "hello" } },
    { type: "step.progress", step: "a", attempt: 1, report: { kind: "note", fraction: 0.5 } },
  ]);
});
