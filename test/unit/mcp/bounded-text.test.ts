import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { printableLine } from "../../../src/domain/printable.ts";
import { fenced, harmlessJson } from "../../../src/mcp/bounded-text.ts";

const anyText = fc.string({ unit: "binary", maxLength: 200 });

describe("a text of somebody else", () => {
  it("is one line, no longer than it may be, whatever is in it", () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(anyText, fc.constantFrom("\ud800", "\u001b[31m", "\u2028", "😀"))), (parts) => {
        const line = printableLine(parts.join(""), 30);
        expect(line.length).toBeLessThanOrEqual(30);
        expect(line).not.toMatch(/[\p{Cc}\p{Cs}\p{Zl}\p{Zp}]/u);
      }),
    );
    expect(printableLine("one\ntwo\u001b[2J", 30)).toBe("one two");
    expect(printableLine(`${"x".repeat(28)}😀😀`, 30)).toBe(`${"x".repeat(28)}…`);
  });

  it("cannot leave its fence", () => {
    fc.assert(
      fc.property(
        fc.array(fc.oneof(anyText, fc.constantFrom("\n", "\r", "\u0085", "\u2028", "(cut here)"))),
        (parts) => {
          const [, ...lines] = fenced("Title:", parts.join(""), 10_000, "start").split(/[\n\r\u0085\u2028\u2029]/u);
          expect(lines.every((line) => line.startsWith("| "))).toBe(true);
        },
      ),
    );
    expect(fenced("Title:", "abcdef", 5, "start").split("\n").slice(1)).toEqual(["| abc", "(cut here)"]);
  });

  it("keeps its end where that is what matters, in lines that begin with a bar all the same", () => {
    const linesOf = (text: string, bytesMax: number): string[] =>
      fenced("Title:", text, bytesMax, "end").split("\n").slice(1);
    expect(linesOf("abc\ndef", 7)).toEqual(["(cut here)", "| def"]);
    expect(linesOf("abc\ndef", 6)).toEqual(["(cut here)", "| def"]);
    expect(linesOf("abc\ndef", 4)).toEqual(["(cut here)", "| ef"]);
    expect(linesOf("abc\ndef", 10)).toEqual(["(cut here)", "| bc", "| def"]);
    expect(linesOf("abc\ndef", 11)).toEqual(["| abc", "| def"]);
    fc.assert(
      fc.property(anyText, fc.integer({ min: 3, max: 60 }), (text, bytesMax) => {
        const [first, ...lines] = linesOf(`${text}x`, bytesMax);
        const shown = first === "(cut here)" ? lines : [first, ...lines];
        expect(shown.every((line) => line?.startsWith("| "))).toBe(true);
        expect(Buffer.byteLength(shown.join("\n"))).toBeLessThanOrEqual(bytesMax);
        expect(shown.at(-1)?.endsWith("x")).toBe(true);
      }),
    );
  });

  it("steers nothing as JSON, and is the same when it is read", () => {
    const value = { "k\u202e": "\u001b[31m\u009b\u2028\u007f\ud800é😀" };
    expect(harmlessJson(value)).not.toMatch(/[\p{Cc}\p{Cs}\u202e\u2028]/u);
    expect(JSON.parse(harmlessJson(value))).toEqual(value);
  });
});
