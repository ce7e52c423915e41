import { describe, expect, it } from "vitest";
import { canRedraw, showsColour, styleOf } from "../../../src/cli/terminal.ts";

function colour(environment: Record<string, string>, isTTY = true, isColourRefused = false): boolean {
  return showsColour({ environment, isTTY, isColourRefused });
}

describe("colours", () => {
  it("are for terminals, and not for dumb ones", () => {
    expect(colour({ TERM: "xterm" })).toBe(true);
    expect(colour({ TERM: "xterm" }, false)).toBe(false);
    expect(colour({ TERM: "dumb" })).toBe(false);
  });

  it("are refused by --no-color and by NO_COLOR, also where they are forced", () => {
    expect(colour({ FORCE_COLOR: "1" }, true, true)).toBe(false);
    expect(colour({ FORCE_COLOR: "1", NO_COLOR: "1" })).toBe(false);
    expect(colour({ TERM: "xterm", NO_COLOR: "" })).toBe(true);
  });

  it("are forced by FORCE_COLOR where there is no terminal, and put off by its 0", () => {
    expect(colour({ FORCE_COLOR: "1" }, false)).toBe(true);
    expect(colour({ FORCE_COLOR: "1", TERM: "dumb" })).toBe(true);
    expect(colour({ FORCE_COLOR: "0", TERM: "xterm" })).toBe(false);
    expect(colour({ FORCE_COLOR: "" }, false)).toBe(false);
  });

  it("mark texts only where they are shown", () => {
    expect(styleOf(true).red("x")).toBe("\u001b[31mx\u001b[39m");
    expect(styleOf(true).red("")).toBe("");
    expect(styleOf(false).red("x")).toBe("x");
  });
});

describe("redrawing", () => {
  it("needs a terminal that says what it is, and that is not dumb", () => {
    expect(canRedraw({ environment: { TERM: "xterm" }, isTTY: true })).toBe(true);
    expect(canRedraw({ environment: { TERM: "xterm" }, isTTY: false })).toBe(false);
    expect(canRedraw({ environment: { TERM: "dumb" }, isTTY: true })).toBe(false);
    expect(canRedraw({ environment: {}, isTTY: true })).toBe(false);
  });
});
