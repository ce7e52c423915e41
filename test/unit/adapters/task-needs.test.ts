import { describe, expect, it } from "vitest";
import { limits } from "../../../src/domain/limits.ts";
import type { StoredOutput } from "../../../src/domain/output.ts";
import { fakeAttempt } from "../../support/fake-attempt.ts";
import { runTask } from "../../support/task-fixture.ts";
import { failed, succeeded } from "../../support/command-fixture.ts";

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
    const { value } = succeeded(await runTask((needs, { after }) => ({ needs, after }), attempt, names)).output;
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
      await runTask((needs, { after }) => [Object.keys(needs), Object.keys(after)], attempt),
    ).output;
    expect(value).toEqual([
      ["git-log", "size"],
      ["lint", "docs"],
    ]);
  });

  it("are copies", async () => {
    const attempt = fakeAttempt(step, { upstream });
    await runTask((needs) => Array.isArray(needs["size"]) && needs["size"].push(3), attempt);
    expect(upstream[1]?.output?.value).toEqual([1, 2]);
  });

  it("are there in the very same turn when none lies in an artifact", () => {
    let wasCalled = false;
    void runTask(() => (wasCalled = true), fakeAttempt(step, { upstream }));
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
    expect(succeeded(await runTask((needs) => needs["big"], withUpstream)).output).toEqual({ value: { n: 1 } });
    const broken = {
      ...withUpstream,
      readArtifact: () => {
        throw new Error("tampered");
      },
    };
    const { failure } = failed(await runTask(() => 1, broken));
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
    const { failure } = failed(await runTask(() => 1, attempt));
    expect(failure).toMatchObject({ kind: "output", final: true, message: expect.stringContaining("step two") });
  });
});

function spilled(bytes: number): StoredOutput {
  return { value: null, spilled: [{ pointer: "", encoding: "text", artifact: { name: "n", bytes, sha256: "" } }] };
}
