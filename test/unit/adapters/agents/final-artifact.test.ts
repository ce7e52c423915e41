import { describe, expect, it } from "vitest";
import { storedText } from "../../../../src/adapters/executors/agents/stored-text.ts";
import type { Upstream } from "../../../../src/ports/executor.ts";
import { failed, succeeded } from "../../../support/command-fixture.ts";
import type { FakeAttempt } from "../../../support/fake-attempt.ts";
import { agentAttempt, agentExecutors, artifactText, done, final, text } from "../../../support/scripted-program.ts";

const open = agentExecutors();

async function reportOf(attempt: FakeAttempt, ...actions: Parameters<typeof open>[0]): Promise<string> {
  await open(actions).execute(attempt);
  return (await artifactText(attempt, "final.md")) ?? "";
}

/** The line of a fact. */
const fact = (report: string, name: string): string | undefined =>
  report
    .split("\n")
    .find((line) => line.startsWith(`- ${name}: `))
    ?.slice(`- ${name}: `.length);

describe("the report of an agent", () => {
  it("has all that identifies it, what came before it, its whole task, and its answer", async () => {
    const task = `Do this. ${"And that. ".repeat(500)}End.`;
    const attempt = agentAttempt({ task }, { artifactPath: async () => "/store/long.txt" });
    const upstream: Upstream[] = [
      { step: "short", status: "succeeded", output: { value: "abc" } },
      { step: "long", status: "succeeded", output: await storedText(attempt, "long.txt", "x".repeat(50_000)) },
      { step: "bad", status: "timedOut", failure: { kind: "timedOut", message: "late" } },
    ];
    Object.assign(attempt, { upstream });
    Object.assign(attempt.step, { needs: ["short", "long"], after: ["bad"] });
    const report = await reportOf(attempt, { stderr: "a warning\n" }, final("The answer."), done);
    expect(report).toMatch(/^# step, attempt 1\n/);
    const facts = [
      "runId",
      "objective",
      "stepId",
      "status",
      "stopReason",
      "agentRef",
      "agentSource",
      "cwd",
      "needs",
      "after",
    ];
    expect(facts.map((name) => fact(report, name))).toEqual([
      "run-1",
      '"Be tested."',
      "step",
      "succeeded",
      "succeeded",
      "inline:step",
      "inline",
      JSON.stringify(attempt.root),
      "short, long",
      "bad",
    ]);
    for (const name of ["startedAt", "endedAt"]) expect(fact(report, name)).toMatch(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
    expect(report).toContain("- short: succeeded, none, 3 characters\n");
    expect(report).toContain('- long: succeeded, "/store/long.txt", 50000 bytes\n');
    expect(report).toContain("- bad: timed_out, none, no output\n");
    expect(report).toContain(`## Task\n\n${task}\n`);
    expect(report).toContain("## Answer\n\nThe answer.\n");
    expect(report).toContain("a warning");
    expect(attempt.diagnostics).toEqual([]);
  });

  it("says none where there is none", async () => {
    const report = await reportOf(agentAttempt(), final("x"), done);
    expect([fact(report, "needs"), fact(report, "after")]).toEqual(["none", "none"]);
    expect(report).toContain("## Upstream\n\nnone\n");
    expect(report).not.toContain("stderr");
  });

  it("is written for a failure, too, with why and what was left", async () => {
    const report = await reportOf(agentAttempt(), text("half of it"), { type: "failed", text: "Line one\nline two" });
    expect([fact(report, "status"), fact(report, "stopReason")]).toEqual(["failed", '"Line one\\nline two"']);
    expect(report).toContain("## What it left, which is no answer\n\nhalf of it\n");
  });

  it("is written for an agent that was never started, and says why", async () => {
    const attempt = agentAttempt({ ref: "package:gone" });
    const report = await reportOf(attempt);
    expect(fact(report, "status")).toBe("failed");
    expect(report).toContain("which is no answer\n\nThe run kept no definition of package:gone.\n");
  });

  it("fails nothing where it cannot be written, which is told", async () => {
    const attempt = agentAttempt();
    await (await attempt.createArtifact("final.md")).commit();
    expect(succeeded(await open([final("x"), done]).execute(attempt)).output.value).toBe("x");
    expect(attempt.diagnostics).toMatchObject([{ code: "step-final-artifact-failed", severity: "warning" }]);
    const bad = agentAttempt();
    await (await bad.createArtifact("final.md")).commit();
    expect(failed(await open([{ type: "failed", text: "No." }]).execute(bad)).failure.message).toBe("No.");
  });
});
