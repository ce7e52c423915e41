import { describe, expect, it } from "vitest";
import type { Json } from "../../../src/domain/json.ts";
import type { SpilledPart, StoredOutput } from "../../../src/domain/output.ts";
import { loadOutput, spilledAt, spilledBytes, storeOutput } from "../../../src/domain/stored-output.ts";

const part = (pointer: string, encoding: "text" | "json", bytes = 1): SpilledPart => ({
  pointer,
  encoding,
  artifact: { name: `part${pointer.replaceAll(/[^a-z]/g, "-")}`, bytes, sha256: "" },
});

describe("a stored output", () => {
  it("is loaded as it is when nothing was moved away", () => {
    const value = { a: [1, { b: null }], c: "x" };
    expect(loadOutput({ value }, () => "")).toEqual(value);
  });

  it("is a copy, so that whoever has it may change it", () => {
    const stored = { value: { list: [{ n: 1 }] } };
    const loaded = loadOutput(stored, () => "");
    expect(Object.assign(loaded!, { list: [] })).toEqual({ list: [] });
    const nested: unknown = loadOutput({ value: [stored.value] }, () => "");
    if (Array.isArray(nested)) nested[0].list[0].n = 2;
    expect(stored).toEqual({ value: { list: [{ n: 1 }] } });
  });

  it("gets its parts back, wherever they stood", () => {
    const stored: StoredOutput = {
      value: { stdout: null, "a/b": { "~": null }, list: [0, null] },
      spilled: [part("/stdout", "text"), part("/a~1b/~0", "json"), part("/list/1", "text")],
    };
    const texts = new Map([
      ["/stdout", "long"],
      ["/a~1b/~0", '{"x":1}'],
      ["/list/1", "second"],
    ]);
    const expected = { stdout: "long", "a/b": { "~": { x: 1 } }, list: [0, "second"] };
    expect(loadOutput(stored, ({ pointer }) => texts.get(pointer)!)).toEqual(expected);
    expect(stored.value).toEqual({ stdout: null, "a/b": { "~": null }, list: [0, null] });
  });

  it("may have been moved away as a whole", () => {
    const { artifact } = part("", "json", 20);
    expect(loadOutput(storeOutput(artifact, "json"), () => "[1]")).toEqual([1]);
    expect(loadOutput(storeOutput(artifact, "text"), () => "[1]")).toBe("[1]");
    expect(spilledBytes(storeOutput(artifact, "text"))).toBe(20);
    expect(spilledAt(storeOutput(artifact, "text"), "")?.artifact).toBe(artifact);
  });

  it("is not changed by a pointer that leads nowhere or to a prototype", () => {
    const stored: StoredOutput = {
      value: { a: 1 },
      spilled: [
        part("/b/c", "text"),
        part("/a/b", "text"),
        part("/__proto__/polluted", "text"),
        part("/toString", "text"),
      ],
    };
    expect(loadOutput(stored, () => "x")).toEqual({ a: 1 });
    expect({}).not.toHaveProperty("polluted");
  });

  it("keeps a property named __proto__ a property", () => {
    const value: Json = JSON.parse('{"__proto__":{"a":1}}');
    const loaded = loadOutput({ value }, () => "");
    expect(JSON.stringify(loaded)).toBe('{"__proto__":{"a":1}}');
    expect(Object.getPrototypeOf(loaded)).toBe(Object.prototype);
  });

  it("refuses a JSON part that is none", () => {
    expect(() => loadOutput({ value: null, spilled: [part("", "json")] }, () => "{")).toThrow(SyntaxError);
  });
});
