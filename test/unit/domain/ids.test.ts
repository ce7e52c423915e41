import { describe, expect, it } from "vitest";
import { isRunId, isStepId } from "../../../src/domain/ids.ts";
import { limits } from "../../../src/domain/limits.ts";

describe("the id of a step", () => {
  it.each(["a", "build", "step-1", "a--b", "a-", `a${"b".repeat(62)}`])("may be %s", (id) => {
    expect(isStepId(id)).toBe(true);
  });

  it.each([
    "",
    "A",
    "aB",
    "1a",
    "-a",
    "a_b",
    "a b",
    "a.b",
    "ä",
    "a\n",
    "\na",
    "a/b",
    `a${"b".repeat(63)}`,
    "__proto__",
  ])("may not be %j", (id) => {
    expect(isStepId(id)).toBe(false);
  });

  it("becomes part of a file's name and of a variable's, so its longest form is bounded by the limits", () => {
    expect(isStepId("a".repeat(limits.stepIdCharsMax))).toBe(true);
    expect(isStepId("a".repeat(limits.stepIdCharsMax + 1))).toBe(false);
  });
});

describe("the id of a run", () => {
  it.each(["a", "A", "0", "audit-42", "a_b", "A-_9", "x".repeat(64)])("may be %s", (id) => {
    expect(isRunId(id)).toBe(true);
  });

  it.each(["", "-a", "_a", "a b", "a.b", "../a", "a/b", "é", "a\n", "x".repeat(65), "__proto__"])(
    "may not be %j",
    (id) => {
      expect(isRunId(id)).toBe(false);
    },
  );

  it("is as long as the limits allow, and no longer", () => {
    expect(isRunId("a".repeat(limits.runIdCharsMax))).toBe(true);
    expect(isRunId("a".repeat(limits.runIdCharsMax + 1))).toBe(false);
  });
});

describe("what is no text", () => {
  it("is no id", () => {
    for (const value of [undefined, null, 7, {}, ["a"], new String("a")]) {
      expect([isRunId(value), isStepId(value)]).toEqual([false, false]);
    }
  });
});
