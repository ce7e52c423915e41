import { describe, expect, it } from "vitest";
import { durationText } from "../../../src/cli/durations.ts";
import { columnsOf, fitted, printable, printableText } from "../../../src/cli/printable.ts";

describe("a printable text", () => {
  it("has no escape sequences, and nothing of them stays behind", () => {
    expect(printable("a\u001b[31;1mb\u001b[0m")).toBe("ab");
    expect(printable("a\u001b]8;;http://x\u001b\\link\u001b]8;;\u0007z")).toBe("alinkz");
    expect(printable("\u001bc\u001b(Bx")).toBe("x");
    // One that was cut off still does nothing.
    expect(printable("x\u001b[31")).not.toContain("\u001b");
  });

  it("is one line without control characters and turned writing", () => {
    expect(printable("a\r\nb\tc\u0000d\u009be\u202ef\u2066g\ud800")).toBe("a b c d e f g");
  });

  it("may keep its lines and tabs", () => {
    expect(printableText("a\r\n\tb\u0007\u001b[2Jc\u202e\n")).toBe("a\n\tbc\n");
  });
});

describe("a fitted text", () => {
  it("is left alone where it fits, else cut with an ellipsis", () => {
    expect(fitted("12345", 5)).toBe("12345");
    expect(fitted("123456", 5)).toBe("1234…");
    expect(fitted("1 3456", 3)).toBe("1…");
    expect(fitted("anything", 0)).toBe("");
  });

  it("counts wide characters twice and accents not at all", () => {
    expect(columnsOf("漢字")).toBe(4);
    expect(columnsOf("e\u0301")).toBe(1);
    expect(fitted("漢字漢字", 5)).toBe("漢字…");
    expect(fitted("漢字漢字", 4)).toBe("漢…");
  });
});

describe("a duration", () => {
  it("has as few characters as it can be told apart by", () => {
    const texts = [0, 49, 9_949, 9_950, 59_499, 59_500, 185_000, 3_599_499, 7_620_000, -5].map(durationText);
    expect(texts).toEqual(["0.0s", "0.0s", "9.9s", "10s", "59s", "1m00s", "3m05s", "59m59s", "2h07m", "0.0s"]);
  });
});
