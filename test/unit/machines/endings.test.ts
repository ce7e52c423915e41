import { describe, expect, it } from "vitest";
import { briefly, givenRun, stepOf } from "../../support/given-run.ts";
import type { GivenRun } from "../../support/given-run.ts";

const ab = (): GivenRun => givenRun([stepOf("a"), stepOf("b")]);

describe("how a run ends", () => {
  it("succeeded, when every step has", () => {
    const run = ab();
    run.succeed("a");
    expect(briefly(run.succeed("b"))).toContain("run.settled succeeded");
  });

  it("mixed, when one step failed and one succeeded", () => {
    const run = ab();
    run.fail("a");
    expect(briefly(run.succeed("b"))).toContain("run.settled mixed");
  });

  it("failed, when steps failed or were blocked and none succeeded", () => {
    const run = givenRun([stepOf("a"), stepOf("b", { needs: ["a"] })]);
    expect(briefly(run.fail("a"))).toContain("run.settled failed");
  });

  it("failed, not mixed, when a step timed out, however many succeeded", () => {
    const run = ab();
    run.timeOut("a");
    run.abort("a");
    expect(briefly(run.succeed("b"))).toContain("run.settled failed");
  });

  it("succeeded, when a step timed out first and succeeded on a later attempt", () => {
    const run = givenRun([stepOf("a", { retry: { attempts: 2 } })]);
    run.timeOut("a");
    expect(briefly(run.abort("a"))).toEqual(["step.retryScheduled a", "step.retryDue a", "step.started a 2"]);
    expect(briefly(run.succeed("a"))).toEqual(["step.succeeded a", "run.settled succeeded"]);
  });

  it("canceled, also when a step had timed out before the cancel", () => {
    const run = ab();
    run.timeOut("a");
    run.abort("a");
    run.cancel();
    expect(briefly(run.abort("b"))).toEqual(["step.canceled b", "run.settled canceled"]);
  });

  it("expired, whatever its steps did", () => {
    const run = ab();
    run.succeed("a");
    run.expire();
    expect(briefly(run.succeed("b"))).toEqual(["step.succeeded b", "run.settled expired"]);
  });

  it("tells when it will be cleaned up, if its graph says so", () => {
    const run = givenRun([stepOf("a")], { retentionSeconds: 60 });
    run.now = 5_000;
    expect(run.succeed("a").at(-1)).toEqual({ type: "run.settled", status: "succeeded", cleanupAt: 65_000 });
    expect(ab().succeed("a")).toHaveLength(1);
  });

  it.each(["a", "b"])("changes nothing any more: a step that ended takes no report, as %s shows", (step) => {
    const run = ab();
    run.succeed("a");
    run.fail("b");
    const failure = { kind: "thrown", message: "Late." } as const;
    expect(run.refusal({ type: "step.fail", step, attempt: 1, failure, jitter: 0 })).toBe("ended");
    expect(run.refusal({ type: "step.succeed", step, attempt: 1, output: { value: null } })).toBe("ended");
    expect(run.refusal({ type: "step.timeOut", step, attempt: 1 })).toBe("ended");
    expect(run.refusal({ type: "run.expire" })).toBe("ended");
    expect(run.refusal({ type: "run.cancel", reason: "Late.", force: true })).toBe("ended");
    expect(run.refusal({ type: "diagnostic.record", code: "late", severity: "info", message: "Late." })).toBe("ended");
  });
});

describe("cleaning up", () => {
  it("is recorded once, after the end", () => {
    const run = ab();
    expect(run.refusal({ type: "run.clean", reason: "Tidying up." })).toBe("live");
    run.cancel();
    expect(run.refusal({ type: "run.clean", reason: "Tidying up." })).toBe("live");
    run.abort("a");
    run.abort("b");
    expect(run.clean()).toEqual([{ type: "run.cleaned", reason: "Tidying up." }]);
    expect(run.phase).toBe("cleaned");
    expect(run.refusal({ type: "run.clean", reason: "Again." })).toBe("repeated");
    expect(run.refusal({ type: "run.cancel", reason: "Late.", force: false })).toBe("ended");
  });
});
