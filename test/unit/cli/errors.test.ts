import { describe, expect, it } from "vitest";
import { CommandError, problemJson, problemLines, problemOf } from "../../../src/cli/errors.ts";
import { exitCodeOfRun } from "../../../src/cli/exit-codes.ts";
import { RunfoldError } from "../../../src/domain/errors.ts";

const finding = {
  code: "dependency-cycle",
  severity: "error",
  message: "a waits for\u001b[31m itself.",
  pointer: "/steps/0",
  repair: "Break it.",
} as const;

describe("a problem", () => {
  it("of what was given ends with 2, of the outside with 1", () => {
    expect(problemOf(new RunfoldError("cursor.invalid", "No cursor."))).toMatchObject({
      code: "cursor.invalid",
      message: "No cursor.",
      exitCode: 2,
    });
    expect(problemOf(new RunfoldError("run.live", "It lives."))).toMatchObject({ exitCode: 1 });
    expect(problemOf(new RunfoldError("journal.newer", "x"))).toMatchObject({ exitCode: 2 });
    expect(problemOf(new RunfoldError("journal.full", "x"))).toMatchObject({ exitCode: 1 });
    expect(problemOf(new CommandError("usage.invalid", "What?"))).toMatchObject({ exitCode: 2 });
  });

  it("of our own ends with 70 and says that it is a bug", () => {
    for (const error of [new TypeError("x is\nundefined"), "thrown text", new RunfoldError("invariant.broken", "?")]) {
      const problem = problemOf(error);
      expect(problem.exitCode).toBe(70);
      expect(problemLines(problem)).toHaveLength(1);
      expect(problem.message).toContain("this is a bug");
    }
  });

  it("brings every finding of a graph along, with its place and its repair", () => {
    const error = new RunfoldError("graph.invalid", "It cannot be started:\n  the first finding", {
      details: { diagnostics: [finding] },
    });
    expect(problemLines(problemOf(error))).toEqual([
      "runfold: It cannot be started:",
      "  error dependency-cycle at /steps/0: a waits for itself.",
      "    Break it.",
    ]);
    expect(JSON.parse(problemJson(problemOf(error)))).toEqual({
      error: { code: "graph.invalid", message: "It cannot be started:", diagnostics: [finding] },
    });
  });
});

describe("an exit code", () => {
  it("says how the run ended", () => {
    const statuses = ["succeeded", "mixed", "failed", "canceled", "expired"] as const;
    expect(statuses.map(exitCodeOfRun)).toEqual([0, 1, 1, 3, 3]);
  });
});
