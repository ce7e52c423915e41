import { describe, expect, it } from "vitest";
import { fakeAttempt } from "../../support/fake-attempt.ts";
import { runTask } from "../../support/task-fixture.ts";
import { failed } from "../../support/command-fixture.ts";

describe("a task that throws", () => {
  it("fails with the error's name and message, and those of its causes", async () => {
    const cause = new TypeError("inner", { cause: "root cause" });
    const { failure } = failed(await runTask(() => Promise.reject(new RangeError("outer", { cause }))));
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
        await runTask(() => {
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
      const ending = runTask(
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
