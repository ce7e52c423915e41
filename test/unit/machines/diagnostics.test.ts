import { describe, expect, it } from "vitest";
import type { Input } from "../../../src/domain/inputs.ts";
import { limits } from "../../../src/domain/limits.ts";
import { givenRun, stepOf } from "../../support/given-run.ts";

const diagnostic = (message: string, code = "disk-slow"): Input => ({
  type: "diagnostic.record",
  code,
  severity: "warning",
  message,
});

describe("a diagnostic", () => {
  it("is recorded with all that it says", () => {
    const run = givenRun([stepOf("a")]);
    expect(run.when({ ...diagnostic("The disk is slow."), step: "a" } as Input)).toEqual([
      { type: "diagnostic.recorded", code: "disk-slow", severity: "warning", message: "The disk is slow.", step: "a" },
    ]);
  });

  it("is recorded once for each code and message", () => {
    const run = givenRun([stepOf("a")]);
    run.when(diagnostic("The disk is slow."));
    expect(run.refusal(diagnostic("The disk is slow."))).toBe("repeated");
    run.when(diagnostic("The disk is slow.", "disk-full"));
    run.when(diagnostic("The disk is full."));
    expect(run.refusal(diagnostic("The disk is full."))).toBe("repeated");
  });

  it("is refused once a run has as many as it may, and so are repetitions", () => {
    const run = givenRun([stepOf("a")]);
    for (let number = 0; number < limits.diagnosticsPerRunMax; number++) run.when(diagnostic(`Number ${number}.`));
    expect(run.refusal(diagnostic("One too many."))).toBe("limited");
    expect(run.refusal(diagnostic("Number 0."))).toBe("repeated");
  });

  it("is recorded while a run is being ended, and not after", () => {
    const run = givenRun([stepOf("a")]);
    run.cancel();
    run.when(diagnostic("The child does not listen."));
    run.abort("a");
    expect(run.refusal(diagnostic("The child is gone."))).toBe("ended");
  });
});
