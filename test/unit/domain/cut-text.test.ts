import { describe, expect, it } from "vitest";
import { cutText, headOf, oneLine } from "../../../src/domain/cut-text.ts";
import { limits } from "../../../src/domain/limits.ts";
import { toolSummary } from "../../../src/domain/tool-summary.ts";

describe("a text that is cut", () => {
  it("never ends in half a character, and says that it was cut", () => {
    expect(headOf("ab😀", 3)).toBe("ab");
    expect(headOf("ab😀", 4)).toBe("ab😀");
    expect(cutText("a😀bc", 3)).toBe("a…");
    expect(cutText("a😀b", 4)).toBe("a😀b");
  });

  it("is one line where that is asked for, also where its rest is not looked at", () => {
    expect(oneLine(" a\n\tb ", 9)).toBe("a b");
    expect(oneLine(`a${" ".repeat(100)}b`, 9)).toBe("a…");
    expect(oneLine("x".repeat(100), 9)).toBe(`${"x".repeat(8)}…`);
  });
});

describe("the summary of a tool call", () => {
  it("is the command, the only argument, or all of them", () => {
    expect(toolSummary("a\nb")).toBe("a b");
    expect(toolSummary({ command: "ls -l", timeout: 3 })).toBe("ls -l");
    expect(toolSummary({ path: "a.txt" })).toBe("a.txt");
    expect(toolSummary({ path: "a.txt", limit: 3 })).toBe('{"path":"a.txt","limit":3}');
    expect([toolSummary({}), toolSummary(undefined), toolSummary(null)]).toEqual(["", "", ""]);
  });

  it("is left out where arguments are nested too deep to be written", () => {
    const depth = 200_000;
    expect(toolSummary(JSON.parse(`{"a":${"[".repeat(depth)}${"]".repeat(depth)},"b":1}`))).toBe("");
    expect(toolSummary("x".repeat(1_000)).length).toBe(limits.agentToolSummaryCharsMax);
  });
});
