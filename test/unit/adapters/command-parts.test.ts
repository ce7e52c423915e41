import { PassThrough } from "node:stream";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { memoryArtifacts } from "../../../src/adapters/artifacts/memory-artifacts.ts";
import { InlineBudget, jsonBytes } from "../../../src/adapters/executors/command/inline-budget.ts";
import { OutputStore } from "../../../src/adapters/executors/command/output-store.ts";
import { lastLines, OutputTail } from "../../../src/adapters/executors/processes/output-tail.ts";
import { parseStat } from "../../../src/adapters/executors/processes/process-table.ts";
import { StreamCapture } from "../../../src/adapters/executors/command/stream-capture.ts";
import { findProgram } from "../../../src/adapters/executors/processes/find-program.ts";

async function capture(pieces: readonly Uint8Array[], inlineBytesMax = 1_000, bytesMax = 1_000_000) {
  const store = memoryArtifacts();
  const source = new PassThrough();
  let told = "";
  const kept = new OutputStore(new InlineBudget(inlineBytesMax), () => store.create("run", "out"), bytesMax);
  const stream = new StreamCapture(source, kept, (text) => (told += text));
  for (const piece of pieces) source.write(piece);
  source.end();
  await stream.ended;
  const output = await stream.finish();
  const chunks: Uint8Array[] = [];
  if (output.artifact) for await (const chunk of store.read("run", output.artifact)) chunks.push(chunk);
  return {
    output,
    told,
    tail: stream.tail,
    bytes: output.artifact ? Buffer.concat(chunks) : Buffer.from(output.text!),
  };
}

describe("a captured stream", () => {
  it("is the same however it is cut into pieces", async () => {
    const text = fc.string({ unit: fc.constantFrom("a", "ä", "😀", "\n", "\r", "\r\n", '"', "\u0001"), maxLength: 40 });
    await fc.assert(
      fc.asyncProperty(text, fc.array(fc.nat(80)), fc.constantFrom(150, 1_000), async (whole, cuts, inlineBytesMax) => {
        const bytes = Buffer.from(whole);
        const ends = [...cuts.filter((cut) => cut < bytes.length).toSorted((one, other) => one - other), bytes.length];
        const pieces = ends
          .map((end, index) => bytes.subarray(ends[index - 1] ?? 0, end))
          .filter((piece) => piece.length > 0);
        const result = await capture(pieces, inlineBytesMax);
        expect(result.bytes.toString()).toBe(whole.replace(/\r?\n$/, ""));
        expect(result.told).toBe(whole);
      }),
    );
  });

  it("drops what is beyond its limit, at a character's boundary, and counts it", async () => {
    const pieces = [Buffer.from("ab"), Buffer.from("cä"), Buffer.from("more")];
    const { output, bytes, told } = await capture(pieces, 1_000, 4);
    expect(bytes.toString()).toBe("abc");
    expect(output.droppedBytes).toBe(6);
    expect(told).toBe("abcämore");
  });

  it("tells text and tail of bytes that are not UTF-8 too, and keeps the bytes", async () => {
    const { output, told, bytes } = await capture([Buffer.from([0x61, 0xff, 0x62])]);
    expect(told).toBe("a\ufffdb");
    expect(output.text).toBeNull();
    expect(bytes).toEqual(Buffer.from([0x61, 0xff, 0x62]));
  });
});

describe("the size of text in JSON", () => {
  it("is what JSON.stringify makes of it", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), fc.string({ unit: "binary-ascii" }), (one, other) => {
        const text = one + other;
        expect(jsonBytes(Buffer.from(text))).toBe(Buffer.byteLength(JSON.stringify(text)) - 2);
      }),
    );
  });
});

describe("the tail of a stream", () => {
  it("is its end, and begins with a whole character", () => {
    const tail = new OutputTail(4);
    for (const piece of ["😀", "😀", "a", "😀", "b"]) tail.add(piece);
    expect(tail.text).toBe("a😀b");
    tail.add("c");
    expect(tail.text).toBe("😀bc");
    tail.add("d");
    expect(tail.text).toBe("bcd");
  });

  it("gives whole lines where there is one", () => {
    expect(lastLines("first\nsecond\nthird\n", 14)).toBe("second\nthird".slice(-14));
    expect(lastLines("first\nsecond\nthird\n", 8)).toBe("third");
    expect(lastLines("no break at all", 6)).toBe("at all");
  });
});

describe("a line of the process table", () => {
  it("is read right whatever the program calls itself", () => {
    const rest = "S 1 77 77 0 -1 4194560 1 2 3 4 5 6 7 8 20 0 1 0 98765 1000 2";
    expect(parseStat(9, `9 (a) R 2 (b) ${rest}\n`)).toEqual({ pid: 9, group: 77, startTime: "98765", isZombie: false });
    expect(parseStat(9, `9 (x) ${rest.replace("S", "Z")}`).isZombie).toBe(true);
  });
});

describe("finding a program", () => {
  it("looks through the PATH in order, and relative to the working directory", async () => {
    expect(await findProgram("sh", "/nowhere:/bin", "/")).toEqual({ file: "/bin/sh" });
    expect(await findProgram("sh", "bin", "/")).toEqual({ file: "/bin/sh" });
    expect(await findProgram("bin/sh", undefined, "/")).toEqual({ file: "/bin/sh" });
    expect(await findProgram("sh", undefined, "/")).toHaveProperty("file");
  });

  it("refuses names that cannot be any", async () => {
    expect(await findProgram("", "/bin", "/")).toHaveProperty("problem");
    expect(await findProgram("a\0", "/bin", "/")).toHaveProperty("problem");
  });
});
