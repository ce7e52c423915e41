import { describe, expect, it } from "vitest";
import { worstOf } from "../../../src/cli/exit-codes.ts";

describe("the worst of several exit codes", () => {
  it("is the one that has to be known first, however they are ordered", () => {
    expect(worstOf([])).toBe(0);
    expect(worstOf([0, 3, 0])).toBe(3);
    expect(worstOf([3, 2, 0])).toBe(2);
    expect(worstOf([2, 3, 1])).toBe(1);
    expect(worstOf([1, 4, 2])).toBe(4);
    expect(worstOf([4, 70, 1])).toBe(70);
  });
});
