import { describe, expect, it } from "vitest";
import { LiveTree } from "../../../src/cli/live-tree.ts";
import type { FrameLine } from "../../../src/cli/live-frame.ts";
import { TinyTerminal } from "./tiny-terminal.ts";

function frameOf(...texts: string[]): FrameLine[] {
  return texts.map((text) => ({ text, columns: text.length }));
}

describe("a live tree", () => {
  it("draws each frame over the one before", () => {
    const terminal = new TinyTerminal(20, 10);
    const tree = new LiveTree(terminal);
    tree.draw(frameOf("one", "two", "three"));
    tree.draw(frameOf("ONE", "TWO"));
    expect(terminal.shown()).toEqual(["ONE", "TWO"]);
    expect(terminal.isCursorShown).toBe(false);
    tree.close();
    expect(terminal.isCursorShown).toBe(true);
  });

  it("puts texts above the frame, where they stay", () => {
    const terminal = new TinyTerminal(20, 10);
    const tree = new LiveTree(terminal);
    tree.print("first");
    tree.draw(frameOf("one", "two"));
    tree.print("second");
    tree.draw(frameOf("ONE"));
    expect(terminal.shown()).toEqual(["first", "second", "ONE"]);
  });

  it("erases what was typed in between", () => {
    const terminal = new TinyTerminal(20, 10);
    const tree = new LiveTree(terminal);
    tree.draw(frameOf("one"));
    terminal.write("^C");
    tree.draw(frameOf("ONE"));
    expect(terminal.shown()).toEqual(["ONE"]);
  });

  it("finds the lines again that a narrower terminal has broken", () => {
    const terminal = new TinyTerminal(20, 10);
    const tree = new LiveTree(terminal);
    tree.draw(frameOf("a".repeat(18), "b"));
    terminal.resize(10);
    tree.draw(frameOf("new"));
    expect(terminal.shown()).toEqual(["new"]);
  });

  it("loses only the end of a line that is wider than it was thought to be", () => {
    const terminal = new TinyTerminal(10, 10);
    const tree = new LiveTree(terminal);
    tree.draw([{ text: "x".repeat(30), columns: 5 }]);
    tree.draw(frameOf("new"));
    expect(terminal.shown()).toEqual(["new"]);
  });
});
