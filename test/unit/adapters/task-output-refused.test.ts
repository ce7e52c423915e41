import { runInNewContext } from "node:vm";
import { describe, expect, it } from "vitest";
import { runTask } from "../../support/task-fixture.ts";
import { failed } from "../../support/command-fixture.ts";

function nested(levels: number): unknown {
  let value: unknown = [];
  for (let level = 1; level < levels; level++) value = [value];
  return value;
}

describe("a task's output", () => {
  const cycle: Record<string, unknown> = {};
  cycle["a"] = [{ back: cycle }];
  it.each([
    [() => 1, "It is a function"],
    [Symbol("s"), "It is a symbol"],
    [1n, "It is a bigint"],
    [{ a: [0, { b: () => 1 }] }, "The value at /a/1/b is a function"],
    [{ x: { y: 1 }, "a/b": 2n }, "The value at /a~1b is a bigint"],
    [[{ deep: { s: Symbol("s") } }], "The value at /0/deep/s is a symbol"],
    [Number.NaN, "It is NaN, which JSON cannot hold."],
    [{ a: [1, -Infinity] }, "The value at /a/1 is -Infinity"],
    [{ at: new Date(Number.NaN) }, "The value at /at is an invalid date"],
    [new Map([[1, 2]]), "It is a Map, which JSON cannot hold."],
    [{ seen: new Set() }, "The value at /seen is a Set"],
    [[new WeakMap()], "The value at /0 is a WeakMap"],
    [new WeakSet(), "It is a WeakSet"],
    [new WeakRef({}), "It is a WeakRef"],
    [{ error: new TypeError("x") }, "The value at /error is an Error"],
    [/x/, "It is a RegExp"],
    [new Uint8Array(2), "It is a typed array"],
    [new DataView(new ArrayBuffer(1)), "It is a DataView"],
    [{ bytes: new ArrayBuffer(2) }, "The value at /bytes is an ArrayBuffer"],
    [{ later: Promise.resolve(1) }, "The value at /later is a Promise"],
    [runInNewContext("({ m: new Map() })"), "The value at /m is a Map"],
    [nested(100_000), "It is nested too deep for JSON"],
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
    const { failure } = failed(await runTask(() => value));
    expect(failure).toMatchObject({ kind: "output", final: true });
    expect(failure.message).toContain(message);
  });
});
