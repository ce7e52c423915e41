import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { cutBytes } from "../../../src/domain/cut-bytes.ts";

const anyText = fc.string({ unit: "binary", maxLength: 200 });
const textOf = (bytes: Uint8Array): string => new TextDecoder("utf-8", { fatal: true }).decode(bytes);

describe("a text as bytes", () => {
  it("is cut at the bytes given or just before, never within a character", () => {
    fc.assert(
      fc.property(anyText, fc.integer({ min: 0, max: 50 }), (text, bytesMax) => {
        const bytes = Buffer.from(text);
        const whole = bytes.toString("utf8");
        const head = textOf(cutBytes(bytes, bytesMax, "start"));
        const tail = textOf(cutBytes(bytes, bytesMax, "end"));
        expect(whole.startsWith(head) && whole.endsWith(tail)).toBe(true);
        const least = Math.min(bytes.length, bytesMax) - 3;
        for (const part of [head, tail]) {
          expect(Buffer.byteLength(part)).toBeLessThanOrEqual(bytesMax);
          expect(Buffer.byteLength(part)).toBeGreaterThanOrEqual(least);
        }
      }),
    );
  });

  it("loses no more than a character's bytes where it is no text", () => {
    const noText = new Uint8Array(100).fill(0x80);
    expect(cutBytes(noText, 60, "start")).toEqual(noText.subarray(0, 60));
    expect(cutBytes(noText, 60, "end")).toEqual(noText.subarray(40));
  });
});
