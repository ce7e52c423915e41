import { describe, expect, it } from "vitest";
import { runTask } from "../../support/task-fixture.ts";
import { succeeded } from "../../support/command-fixture.ts";

/** The output of a task that returns this value. */
async function taskOutput(value: unknown): Promise<unknown> {
  return succeeded(await runTask(() => value)).output;
}

describe("a task's output", () => {
  it.each([null, true, false, 0, -1.5, "", "text", [], {}, { a: [1, "b", null, { c: false }] }])(
    "may be %j",
    async (value) => {
      expect(await taskOutput(value)).toEqual({ value });
      expect(succeeded(await runTask(async () => value)).output).toEqual({ value });
    },
  );

  it("is null where the task returns nothing", async () => {
    expect(await taskOutput(undefined)).toEqual({ value: null });
    expect(succeeded(await runTask(async () => {})).output).toEqual({ value: null });
  });

  it("is what JSON makes of it", async () => {
    const shared = { s: 1 };
    const value = { date: new Date(0), gone: undefined, list: [undefined, 1], one: shared, two: [shared] };
    expect(await taskOutput(value)).toEqual({
      value: { date: "1970-01-01T00:00:00.000Z", list: [null, 1], one: { s: 1 }, two: [{ s: 1 }] },
    });
  });

  it("is of an instance its own enumerable properties, or what its toJSON gives", async () => {
    class Point {
      x = 1;
      readonly #y = 2;
      get y(): number {
        return this.#y;
      }
    }
    expect(await taskOutput({ point: new Point(), [Symbol("s")]: 1 })).toEqual({ value: { point: { x: 1 } } });
    expect(await taskOutput(Buffer.from("a"))).toEqual({ value: { type: "Buffer", data: [97] } });
    const map = Object.assign(new Map([["a", 1]]), { toJSON: () => "told" });
    expect(await taskOutput([map])).toEqual({ value: ["told"] });
  });

  it("is a copy, so that a task which keeps its value cannot change it", async () => {
    const kept = { n: 1 };
    const output = await taskOutput(kept);
    kept.n = 2;
    expect(output).toEqual({ value: { n: 1 } });
  });

  it("may come from any promise", async () => {
    const thenable = {
      // oxlint-disable-next-line unicorn/no-thenable -- that is what is tested
      then: (resolve: (value: string) => unknown): void => void resolve("foreign"),
    };
    expect(await taskOutput(thenable)).toEqual({ value: "foreign" });
  });
});
