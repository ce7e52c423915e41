import { describe, expect, it } from "vitest";
import { taskExecutor } from "../../../src/adapters/executors/task-executor.ts";
import type { TaskBinding } from "../../../src/domain/graph.ts";
import { limits } from "../../../src/domain/limits.ts";
import type { StoredOutput } from "../../../src/domain/output.ts";
import type { Attempt, AttemptResult } from "../../../src/ports/executor.ts";
import { fakeAttempt, type FakeAttempt } from "../../support/fake-attempt.ts";
import { failed, succeeded } from "../../support/command-fixture.ts";

interface Context {
  readonly signal: AbortSignal;
  readonly progress: (message: string, fraction?: number) => void;
  readonly after: Record<string, { status: string; output?: unknown; failure?: { message: string } }>;
  readonly run: string;
  readonly step: string;
  readonly attempt: number;
}
type Call = (needs: Record<string, unknown>, context: Context) => unknown;

function run(
  call: Call,
  attempt: Attempt = fakeAttempt({ task: "t" }),
  names: Partial<TaskBinding> = {},
): Promise<AttemptResult> {
  const binding: TaskBinding = { call, ...names };
  return taskExecutor({ find: () => binding }).execute(attempt);
}

async function outputOf(value: unknown): Promise<unknown> {
  return succeeded(await run(() => value)).output;
}

describe("a task's output", () => {
  it.each([null, true, false, 0, -1.5, "", "text", [], {}, { a: [1, "b", null, { c: false }] }])(
    "may be %j",
    async (value) => {
      expect(await outputOf(value)).toEqual({ value });
      expect(succeeded(await run(async () => value)).output).toEqual({ value });
    },
  );

  it("is null where the task returns nothing", async () => {
    expect(await outputOf(undefined)).toEqual({ value: null });
    expect(succeeded(await run(async () => {})).output).toEqual({ value: null });
  });

  it("is what JSON makes of it", async () => {
    const shared = { s: 1 };
    const value = { date: new Date(0), gone: undefined, list: [undefined, Number.NaN], one: shared, two: [shared] };
    expect(await outputOf(value)).toEqual({
      value: { date: "1970-01-01T00:00:00.000Z", list: [null, null], one: { s: 1 }, two: [{ s: 1 }] },
    });
  });

  it("is a copy, so that a task which keeps its value cannot change it", async () => {
    const kept = { n: 1 };
    const output = await outputOf(kept);
    kept.n = 2;
    expect(output).toEqual({ value: { n: 1 } });
  });

  it("may come from any promise", async () => {
    const thenable = {
      // oxlint-disable-next-line unicorn/no-thenable -- that is what is tested
      then: (resolve: (value: string) => unknown): void => void resolve("foreign"),
    };
    expect(await outputOf(thenable)).toEqual({ value: "foreign" });
  });

  const cycle: Record<string, unknown> = {};
  cycle["a"] = [{ back: cycle }];
  it.each([
    [() => 1, "It is a function"],
    [Symbol("s"), "It is a symbol"],
    [1n, "It is a bigint"],
    [{ a: [0, { b: () => 1 }] }, "The value at /a/1/b is a function"],
    [{ x: { y: 1 }, "a/b": 2n }, "The value at /a~1b is a bigint"],
    [[{ deep: { s: Symbol("s") } }], "The value at /0/deep/s is a symbol"],
    [cycle, "The value at /a/0/back contains itself"],
    [
      {
        toJSON: () => {
          throw new TypeError("no");
        },
      },
      "TypeError: no",
    ],
  ])("is refused where JSON cannot hold it: %#", async (value, message) => {
    const { failure } = failed(await run(() => value));
    expect(failure).toMatchObject({ kind: "output", final: true });
    expect(failure.message).toContain(message);
  });

  it("goes to an artifact where it is large: a string as text, all else as JSON", async () => {
    const attempt = fakeAttempt({ task: "t" });
    const text = "ä".repeat(limits.inlinePayloadBytesMax);
    const asText = succeeded(await run(() => text, attempt)).output;
    expect(asText).toMatchObject({
      value: null,
      spilled: [{ pointer: "", encoding: "text", artifact: { name: "step-1-output.txt" } }],
    });
    expect(await read(attempt, asText)).toBe(text);
    const list = Array.from({ length: 10_000 }, (_, index) => index);
    const asJson = succeeded(await run(() => list, attempt)).output;
    expect(asJson).toMatchObject({
      value: null,
      spilled: [{ pointer: "", encoding: "json", artifact: { name: "step-1-output.json" } }],
    });
    expect(JSON.parse(await read(attempt, asJson))).toEqual(list);
  });

  it("stays where it is up to the limit, counted in bytes of JSON", async () => {
    const most = "x".repeat(limits.inlinePayloadBytesMax - 2);
    expect(await outputOf(most)).toEqual({ value: most });
    expect(await outputOf(`${most}x`)).toMatchObject({ value: null });
    expect(await outputOf("\n".repeat(limits.inlinePayloadBytesMax / 2))).toMatchObject({ value: null });
  });

  it("survives as JSON where UTF-8 could not carry the string", async () => {
    const attempt = fakeAttempt({ task: "t" });
    const odd = `\ud800${"x".repeat(20_000)}`;
    const output = succeeded(await run(() => odd, attempt)).output;
    expect(output.spilled?.[0]?.encoding).toBe("json");
    expect(JSON.parse(await read(attempt, output))).toBe(odd);
  });

  it("fails the step, for now, when it cannot be stored", async () => {
    const attempt = fakeAttempt({ task: "t" }, { createArtifact: () => Promise.reject(new Error("disk full")) });
    const { failure } = failed(await run(() => "x".repeat(20_000), attempt));
    expect(failure).toEqual({ kind: "output", message: expect.stringContaining("disk full") });
  });
});

describe("a task's needs", () => {
  const upstream = [
    { step: "git-log", status: "succeeded" as const, output: { value: { stdout: "a", stderr: "", exitCode: 0 } } },
    { step: "size", status: "succeeded" as const, output: { value: [1, 2] } },
    { step: "lint", status: "failed" as const, failure: { kind: "exit" as const, message: "exited with code 1" } },
    { step: "docs", status: "succeeded" as const, output: { value: "ok" } },
  ];
  const step = { task: "t", needs: ["git-log", "size"], after: ["lint", "docs"] };

  it("come by local names, with how the others ended", async () => {
    const names = {
      needs: new Map([
        ["log", "git-log"],
        ["again", "git-log"],
        ["size", "size"],
      ]),
      after: new Map([
        ["checks", "lint"],
        ["docs", "docs"],
      ]),
    };
    const attempt = fakeAttempt(step, { upstream });
    const { value } = succeeded(await run((needs, { after }) => ({ needs, after }), attempt, names)).output;
    const log = { stdout: "a", stderr: "", exitCode: 0 };
    expect(value).toEqual({
      needs: { log, again: log, size: [1, 2] },
      after: {
        checks: {
          step: "lint",
          status: "failed",
          message: "exited with code 1",
          failure: { kind: "exit", message: "exited with code 1" },
        },
        docs: { step: "docs", status: "succeeded", output: "ok" },
      },
    });
  });

  it("come by step ids where the task was registered by name", async () => {
    const attempt = fakeAttempt(step, { upstream });
    const { value } = succeeded(
      await run((needs, { after }) => [Object.keys(needs), Object.keys(after)], attempt),
    ).output;
    expect(value).toEqual([
      ["git-log", "size"],
      ["lint", "docs"],
    ]);
  });

  it("are copies", async () => {
    const attempt = fakeAttempt(step, { upstream });
    await run((needs) => Array.isArray(needs["size"]) && needs["size"].push(3), attempt);
    expect(upstream[1]?.output?.value).toEqual([1, 2]);
  });

  it("are there in the very same turn when none lies in an artifact", () => {
    let wasCalled = false;
    void run(() => (wasCalled = true), fakeAttempt(step, { upstream }));
    expect(wasCalled).toBe(true);
  });

  it("are read from artifacts", async () => {
    const attempt = fakeAttempt({ task: "t", needs: ["big"] });
    const writer = await attempt.store.create("run-1", "big");
    await writer.write(Buffer.from('{"n":1}'));
    const output: StoredOutput = {
      value: null,
      spilled: [{ pointer: "", encoding: "json", artifact: await writer.commit() }],
    };
    const withUpstream = { ...attempt, upstream: [{ step: "big", status: "succeeded" as const, output }] };
    expect(succeeded(await run((needs) => needs["big"], withUpstream)).output).toEqual({ value: { n: 1 } });
    const broken = {
      ...withUpstream,
      readArtifact: () => {
        throw new Error("tampered");
      },
    };
    const { failure } = failed(await run(() => 1, broken));
    expect(failure).toMatchObject({
      kind: "launch",
      final: true,
      message: expect.stringContaining("step big cannot be read: Error: tampered"),
    });
  });

  it("are refused when they are too large together, naming the step", async () => {
    const half = limits.loadedOutputBytesMax / 2;
    const attempt = fakeAttempt(
      { task: "t", needs: ["one", "two"] },
      {
        upstream: [
          { step: "one", status: "succeeded", output: spilled(half) },
          { step: "two", status: "succeeded", output: spilled(half + 1) },
        ],
      },
    );
    const { failure } = failed(await run(() => 1, attempt));
    expect(failure).toMatchObject({ kind: "output", final: true, message: expect.stringContaining("step two") });
  });
});

function spilled(bytes: number): StoredOutput {
  return { value: null, spilled: [{ pointer: "", encoding: "text", artifact: { name: "n", bytes, sha256: "" } }] };
}

describe("a task that throws", () => {
  it("fails with the error's name and message, and those of its causes", async () => {
    const cause = new TypeError("inner", { cause: "root cause" });
    const { failure } = failed(await run(() => Promise.reject(new RangeError("outer", { cause }))));
    expect(failure).toEqual({
      kind: "thrown",
      message: "RangeError: outer\ncaused by TypeError: inner\ncaused by root cause",
    });
  });

  it("may throw synchronously, and may throw anything", async () => {
    const circular = new Error("a");
    circular.cause = circular;
    const hostile = {
      toJSON: () => {
        throw new Error("no");
      },
    };
    for (const [thrown, message] of [
      ["text", "text"],
      [undefined, "Thrown: undefined"],
      [null, "Thrown: null"],
      [{ code: 1 }, 'Thrown: {"code":1}'],
      [Symbol("s"), "Thrown: symbol"],
      [circular, "Error: a"],
      [hostile, "Thrown: a value that cannot be shown"],
      [new Error("x".repeat(9_000)), `Error: ${"x".repeat(1_992)}…`],
    ]) {
      const { failure } = failed(
        await run(() => {
          throw thrown;
        }),
      );
      expect(failure).toEqual({ kind: "thrown", message });
    }
  });

  it("has failed because it was told to stop when it was told so before", async () => {
    for (const [cause, kind] of [
      ["canceled", "aborted"],
      ["expired", "aborted"],
      ["timedOut", "timedOut"],
    ] as const) {
      const attempt = fakeAttempt({ task: "t" });
      const ending = run(
        (_, { signal }) =>
          new Promise((_resolve, reject) => {
            signal.addEventListener("abort", () => reject(signal.reason));
          }),
        attempt,
      );
      attempt.stop.ask({ cause });
      expect(failed(await ending).failure.kind).toBe(kind);
    }
  });
});

describe("a task's context", () => {
  it("names run, step and attempt", async () => {
    const attempt = fakeAttempt({ task: "t", id: "my-step" }, { number: 2 });
    expect(succeeded(await run((_, { run: id, step, attempt: number }) => [id, step, number], attempt)).output).toEqual(
      {
        value: ["run-1", "my-step", 2],
      },
    );
  });

  it("makes no signal unless the task asks for it", async () => {
    const attempt = fakeAttempt({ task: "t" });
    await run(() => undefined, attempt);
    expect(attempt.stop.listenerCount).toBe(0);
    await run((_, context) => void [context.signal, context.signal], attempt);
    expect(attempt.stop.listenerCount).toBe(1);
  });

  it("has a signal that is aborted already when the request came first", async () => {
    const attempt: FakeAttempt = fakeAttempt({ task: "t" });
    attempt.stop.ask({ cause: "timedOut" });
    const seen = await run((_, { signal }) => [signal.aborted, signal.reason.name], attempt);
    expect(succeeded(seen).output.value).toEqual([true, "TimeoutError"]);
  });

  it("lets a task that returns although it was told to stop succeed", async () => {
    const attempt = fakeAttempt({ task: "t" });
    attempt.stop.ask();
    expect(succeeded(await run(() => "done", attempt)).output.value).toBe("done");
  });

  it("reports progress, with a fraction between 0 and 1", async () => {
    const attempt = fakeAttempt({ task: "t" });
    await run((_, { progress }) => {
      progress("half", 0.5);
      progress("more", 7);
      progress("what", Number.NaN);
      progress("plain");
    }, attempt);
    expect(attempt.notes).toEqual([
      { message: "half", fraction: 0.5 },
      { message: "more", fraction: 1 },
      { message: "what", fraction: undefined },
      { message: "plain", fraction: undefined },
    ]);
  });
});

it("fails for good when nobody knows the task", async () => {
  const result = await taskExecutor({ find: () => undefined }).execute(fakeAttempt({ task: "who" }));
  expect(failed(result).failure).toMatchObject({
    kind: "launch",
    final: true,
    message: expect.stringContaining('"who"'),
  });
});

async function read(attempt: Attempt, output: StoredOutput): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of attempt.readArtifact(output.spilled![0]!.artifact)) chunks.push(chunk);
  return Buffer.concat(chunks).toString("utf8");
}
