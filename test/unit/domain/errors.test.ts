import { describe, expect, it, vi } from "vitest";
import { invariant, isRunfoldError, RunfoldError } from "../../../src/domain/errors.ts";

const error = new RunfoldError("run.unknown", "There is no run x.", { details: { run: "x" }, cause: "why" });

describe("an error of Runfold", () => {
  it("says what happened, ends with its code, and holds the facts and the cause", () => {
    expect(error.message).toBe("There is no run x. [run.unknown]");
    expect(error.name).toBe("RunfoldError");
    expect(error.code).toBe("run.unknown");
    expect(error.details).toEqual({ run: "x" });
    expect(error.cause).toBe("why");
    expect(String(error)).toBe("RunfoldError: There is no run x. [run.unknown]");
    expect(error.stack).toContain("errors.test.ts");
  });

  it("without details and cause has no details, and no cause at all", () => {
    const bare = new RunfoldError("journal.busy", "Busy.");
    expect(bare.details).toEqual({});
    expect("cause" in bare).toBe(false);
    expect("cause" in new RunfoldError("journal.busy", "Busy.", { cause: undefined })).toBe(true);
  });

  it("shows its name and what marks it only to those who look for them", () => {
    expect(Object.keys(error).toSorted()).toEqual(["code", "details"]);
  });

  it("is recognised, with or without its code", () => {
    expect(isRunfoldError(error)).toBe(true);
    expect(isRunfoldError(error, "run.unknown")).toBe(true);
    expect(isRunfoldError(error, "run.live")).toBe(false);
  });

  it("is recognised when it comes from another copy of the package", async () => {
    vi.resetModules();
    const copy = await import("../../../src/domain/errors.ts");
    const foreign = new copy.RunfoldError("run.live", "It lives.");
    expect(foreign).not.toBeInstanceOf(RunfoldError);
    expect(isRunfoldError(foreign, "run.live")).toBe(true);
    expect(copy.isRunfoldError(error, "run.unknown")).toBe(true);
  });

  it.each([
    undefined,
    null,
    "run.unknown",
    { code: "run.unknown", details: {} },
    new Error("run.unknown"),
    Object.assign(new Error("of the system"), { code: "run.unknown" }),
    JSON.parse(JSON.stringify(error)) as unknown,
  ])("is not taken for anything else: %s", (value) => {
    expect(isRunfoldError(value)).toBe(false);
  });
});

describe("an invariant", () => {
  it("that holds is silent, and one that does not is our own error", () => {
    expect(() => invariant(true, "one is one")).not.toThrow();
    expect(() => invariant(false, "one is two")).toThrow(expect.objectContaining({ code: "invariant.broken" }));
    expect(() => invariant(false, "one is two")).toThrow("Runfold broke a rule of its own: one is two");
  });
});
