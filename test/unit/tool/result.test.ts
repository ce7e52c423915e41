import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { failed, succeeded } from "runfold/testing";
import type { ScriptedAttempt } from "runfold/testing";
import { teamStep, teamWorld } from "./team-world.ts";
import type { TeamWorld } from "./team-world.ts";

const result = (world: TeamWorld, stepId: string, rest = {}) =>
  world.call({ action: "step_result", runId: "r1", stepId, ...rest });

/** As agents do: writes a report of the attempt. */
async function report({ attempt }: ScriptedAttempt, text: string): Promise<void> {
  const writer = await attempt.createArtifact("final.md");
  await writer.write(Buffer.from(text));
  await writer.commit();
}

async function reported(world: TeamWorld, step: string, answer: string): Promise<void> {
  const attempt = world.executor.running.find((one) => one.step === step)!;
  await report(attempt, `# ${step}\n\n${answer}`);
  attempt.end(succeeded(answer));
  await world.settle();
}

describe("the result of a step", () => {
  test("is its whole length and its file, and its text for whoever asks for a preview", async () => {
    const world = await teamWorld();
    await world.start([teamStep("a"), teamStep("b", { needs: ["a"] })]);
    await reported(world, "a", "All is well.");
    const { details, text } = await result(world, "a");
    const { filePath, ...output } = details.outputs[0]!;
    expect(output).toEqual({ stepId: "a", status: "succeeded", chars: 12 });
    expect(await readFile(filePath!, "utf8")).toContain("All is well.");
    expect(text).not.toContain("All is well.");
    const { details: shown } = await result(world, "a", { preview: true });
    expect(shown.outputs).toMatchObject([{ stepId: "a", text: "All is well.", isTruncated: false }]);
    expect(shown.steps.find(({ id }) => id === "b")?.upstreamArtifacts).toEqual([
      { stepId: "a", status: "succeeded", filePath, chars: 12 },
    ]);
  });

  test("that is several answers is all of them, in order", async () => {
    const world = await teamWorld();
    await world.start([teamStep("a")]);
    world.executor.end("a", succeeded("## Answer 1 of 2\n\nOne\n\n## Answer 2 of 2\n\nTwo"));
    await world.settle();
    const { text } = await result(world, "a", { preview: true });
    expect(text.indexOf("Answer 1 of 2")).toBeLessThan(text.indexOf("Answer 2 of 2"));
  });

  test("that runs is what it has written so far, cut to the budget, with how long all of it is", async () => {
    const world = await teamWorld();
    await world.start([teamStep("a")]);
    world.executor.progress("a", "0123456789".repeat(50));
    await world.settle();
    const { details } = await result(world, "a", { preview: true, maxBytes: 100 });
    const { text, ...output } = details.outputs[0]!;
    expect(output).toEqual({ stepId: "a", status: "running", chars: 500, isTruncated: true });
    expect(Buffer.byteLength(text!)).toBeLessThanOrEqual(100);
    const { details: events } = await world.call({ action: "run_status", runId: "r1", debugEvents: true });
    expect(events.events.filter(({ type }) => type === "assistant_delta")).toHaveLength(1);
  });

  test("that failed is what it had written, else why; that never ran is why not", async () => {
    const world = await teamWorld();
    await world.start([teamStep("a"), teamStep("b"), teamStep("c", { needs: ["a"] })]);
    world.executor.end("a", { ...failed("It broke."), partial: { value: "Half a sentence" } } as never);
    world.executor.end("b", failed("It broke, too."));
    await world.settle();
    const texts = await Promise.all(
      ["a", "b", "c"].map(async (step) => (await result(world, step, { preview: true })).details.outputs[0]?.text),
    );
    expect(texts).toEqual(["Half a sentence", "It broke, too.", "Blocked by a (failed)."]);
    const { details } = await result(world, "a");
    expect(details.steps[0]).toMatchObject({ status: "failed", errorMessage: "It broke.", stopReason: "It broke." });
  });

  test("of a step that there is not is refused with those that there are, and shows no rows", async () => {
    const world = await teamWorld();
    await world.start([teamStep("a"), teamStep("b")]);
    const { details, text } = await result(world, "z");
    expect(details.error).toMatchObject({ code: "step-not-found", message: expect.stringContaining("a, b") });
    expect(text).not.toContain("## Steps");
  });
});

describe("the texts of a status", () => {
  test.each([1, 12, 13, 40, 80, 81, 1_000])("never pass a budget of %d bytes, the marks included", async (maxBytes) => {
    const world = await teamWorld();
    await world.start([teamStep("a"), teamStep("b")]);
    await reported(world, "a", "é".repeat(2_000));
    await reported(world, "b", "🌊".repeat(2_000));
    const { details } = await world.call({ action: "run_status", runId: "r1", preview: true, maxBytes });
    const bytes = details.outputs.reduce((sum, { text }) => sum + Buffer.byteLength(text!), 0);
    expect(bytes).toBeLessThanOrEqual(maxBytes);
    expect(details.outputs.map(({ isTruncated, filePath }) => [isTruncated, typeof filePath])).toEqual([
      [true, "string"],
      [true, "string"],
    ]);
    expect(details.outputs.map(({ text }) => text).join("")).not.toMatch(/[\u{FFFD}\p{Cs}]/u);
  });

  test("give what one does not need to the others", async () => {
    const world = await teamWorld();
    await world.start([teamStep("a"), teamStep("b")]);
    world.executor.end("a", succeeded("short"));
    world.executor.end("b", succeeded("x".repeat(90)));
    await world.settle();
    const { details } = await world.call({ action: "run_status", runId: "r1", preview: true, maxBytes: 95 });
    expect(details.outputs.map(({ isTruncated }) => isTruncated)).toEqual([false, false]);
  });

  test("are not there without a preview, and a step does not select them", async () => {
    const world = await teamWorld();
    await world.start([teamStep("a"), teamStep("b")]);
    await reported(world, "a", "Text");
    const input = { action: "run_status", runId: "r1", stepId: "b" };
    const plain = await world.call(input);
    expect(plain.details.outputs).toMatchObject([{ stepId: "a", chars: 4 }]);
    expect(plain.details.outputs[0]).not.toHaveProperty("text");
    expect(plain.details.diagnostics).toEqual([]);
    const { details } = await world.call({ ...input, preview: true });
    expect(details.diagnostics).toMatchObject([{ code: "run-status-step-preview-ignored", severity: "warning" }]);
    expect(details.outputs).toMatchObject([{ stepId: "a", text: "Text" }]);
  });

  test("show of a long task its beginning, and how much more there is", async () => {
    const world = await teamWorld();
    await world.start([teamStep("a", { task: "word ".repeat(400) })]);
    const { details } = await world.call({ action: "run_status", runId: "r1" });
    expect(details.steps[0]?.taskPreview).toMatch(/^(word )+.*… \[1820 more characters\]$/);
  });
});

describe("a cleanup", () => {
  test("is refused while the run lives; then it tells what went, and the run is not there any more", async () => {
    const world = await teamWorld();
    await world.start([teamStep("a")]);
    const cleanup = { action: "cleanup", runId: "r1" };
    const early = await world.call(cleanup);
    expect(early.details).toMatchObject({ error: { code: "cleanup-run-live" }, run: { status: "running" } });
    await reported(world, "a", "Done.");
    const { details: status } = await world.call({ action: "run_status", runId: "r1" });
    const { details } = await world.call(cleanup);
    expect(details.cleanup).toEqual({ runId: "r1", deletedPaths: [status.outputs[0]?.filePath] });
    expect([details.ok, details.run, details.steps]).toEqual([true, undefined, []]);
    for (const action of ["run_status", "cleanup", "cancel"]) {
      expect((await world.call({ action, runId: "r1" })).details.error?.code).toBe("run-not-found");
    }
  });

  test("works though its directory was removed", async () => {
    const world = await teamWorld();
    await world.start([teamStep("a")]);
    await reported(world, "a", "Done.");
    await rm(join(world.root, ".artifacts"), { recursive: true });
    const { details: status } = await world.call({ action: "run_status", runId: "r1", preview: true });
    expect(status.outputs).toMatchObject([{ stepId: "a", text: "Done." }]);
    const { details } = await world.call({ action: "cleanup", runId: "r1" });
    expect(details.cleanup).toEqual({ runId: "r1", deletedPaths: [] });
  });
});

describe("a cancel", () => {
  test("of a live run ends it; of an ended one it is no error and changes nothing", async () => {
    const world = await teamWorld();
    await world.start([teamStep("a")]);
    const cancel = { action: "cancel", runId: "r1", reason: "Enough." };
    expect((await world.call(cancel)).ok).toBe(true);
    await world.settle();
    const ended = await world.call({ action: "run_status", runId: "r1" });
    expect(ended.details.run).toMatchObject({ status: "canceled", terminal: true, canCancel: false, canCleanup: true });
    const again = await world.call(cancel);
    expect([again.ok, again.details.run?.updatedAt]).toEqual([true, ended.details.run?.updatedAt]);
  });
});

describe("a catalog", () => {
  test("lists agents by what is looked for, and those of the project only with a word for it", async () => {
    const world = await teamWorld({ host: { agents: { extensionTools: { web: "/opt/web.js" } } } });
    const { details } = await world.call({ action: "catalog", library: { query: "reviewer" } });
    expect(details.catalog[0]).toMatchObject({ ref: "package:reviewer", source: "package" });
    expect(details.extensionTools).toEqual([{ name: "web", path: "/opt/web.js" }]);
    const project = { action: "catalog", library: { sources: ["project"] } };
    expect((await world.call(project)).details.diagnostics).toMatchObject([{ code: "project-agents-denied" }]);
    const confirm = { action: "catalog", library: { sources: ["project"], projectAgents: "confirm" } };
    expect((await world.call(confirm)).details.error?.code).toBe("project-agents-confirm-unprepared");
  });
});
