import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { MessageLines, type TooLong } from "../../../src/mcp/message-lines.ts";

interface Passed {
  readonly lines: readonly string[];
  readonly tooLong: readonly TooLong[];
}

async function passed(text: string, bytesMax: number, pieceBytes: number): Promise<Passed> {
  const tooLong: TooLong[] = [];
  const lines: string[] = [];
  const filter = new MessageLines(bytesMax, (line) => tooLong.push(line));
  filter.on("data", (line: Buffer) => lines.push(line.toString("utf8")));
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += pieceBytes) filter.write(bytes.subarray(at, at + pieceBytes));
  await new Promise<void>((resolve) => filter.on("end", resolve).end());
  return { lines, tooLong };
}

const json = (message: object): string => `${JSON.stringify(message)}\n`;
const pieceBytes = fc.integer({ min: 1, max: 40 });
const anyId = fc.oneof(fc.string(), fc.integer());
/** With ids, braces and quotes where they mean nothing. */
const anyParams = fc.object({ key: fc.constantFrom("id", "method", 'a"}', "\\"), maxDepth: 4 });

describe("the lines of a client", () => {
  it("are passed on one by one and whole, in whatever pieces they come", async () => {
    const anyLines = fc.array(
      fc.string().map((line) => line.replaceAll("\n", " ")),
      { maxLength: 5 },
    );
    await fc.assert(
      fc.asyncProperty(anyLines, pieceBytes, async (lines, bytes) => {
        const whole = lines.map((line) => `${line}\n`);
        expect(await passed(whole.join(""), 1_000, bytes)).toEqual({ lines: whole, tooLong: [] });
      }),
    );
  });

  it("are left out where they are too long, each told with the request that it was, and the others go on", async () => {
    await fc.assert(
      fc.asyncProperty(anyId, anyParams, fc.boolean(), pieceBytes, async (id, params, isIdLast, bytes) => {
        const method = "tools/call";
        const padded = { ...params, id: "not this", padding: "x".repeat(300) };
        const long = json(isIdLast ? { method, params: padded, jsonrpc: "2.0", id } : { id, method, params: padded });
        const short = json({ id: 1 });
        const told = await passed(`${short}${long}${short}`, 200, bytes);
        expect(told.lines).toEqual([short, short]);
        expect(told.tooLong).toEqual([{ bytes: Buffer.byteLength(long) - 1, request: id }]);
      }),
    );
  });

  it.each([
    ["a notification", json({ method: "m", params: "x".repeat(300) })],
    ["an answer", json({ id: 1, result: { text: "x".repeat(300) } })],
    ["no JSON", `${"x".repeat(300)}\n`],
    ["a batch", json([{ id: 1, method: "m", params: "x".repeat(300) }])],
    ["an id that is none", json({ id: { a: 1 }, method: "m", params: "x".repeat(300) })],
    ["outermost members that are too long themselves", json({ id: 1, method: "m".repeat(5_000) })],
    ["a number alone", `${" ".repeat(300)}7\n`],
    ["null", `${" ".repeat(300)}null\n`],
  ])("are told without a request where they are %s", async (_what, line) => {
    expect((await passed(line, 200, 7)).tooLong).toEqual([{ bytes: Buffer.byteLength(line) - 1, request: undefined }]);
  });

  it("may be as long as they may be, and not longer", async () => {
    expect((await passed(`${"x".repeat(200)}\n`, 200, 64)).lines).toHaveLength(1);
    expect((await passed(`${"x".repeat(201)}\n`, 200, 64)).lines).toHaveLength(0);
  });
});
