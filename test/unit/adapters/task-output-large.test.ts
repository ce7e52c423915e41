import { describe, expect, it } from "vitest";
import type { Attempt } from "../../../src/ports/executor.ts";
import type { StoredOutput } from "../../../src/domain/output.ts";
import { limits } from "../../../src/domain/limits.ts";
import { fakeAttempt } from "../../support/fake-attempt.ts";
import { runTask } from "../../support/task-fixture.ts";
import { failed, succeeded } from "../../support/command-fixture.ts";

/** The output of a task that returns this value. */
async function taskOutput(value: unknown): Promise<unknown> {
  return succeeded(await runTask(() => value)).output;
}

/** The text of an output that went to an artifact. */
async function spilledText(attempt: Attempt, output: StoredOutput): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of attempt.readArtifact(output.spilled![0]!.artifact)) chunks.push(chunk);
  return Buffer.concat(chunks).toString("utf8");
}

describe("a task's large output", () => {
  it("goes to an artifact where it is large: a string as text, all else as JSON", async () => {
    const attempt = fakeAttempt({ task: "t" });
    const text = "ä".repeat(limits.inlinePayloadBytesMax);
    const asText = succeeded(await runTask(() => text, attempt)).output;
    expect(asText).toMatchObject({
      value: null,
      spilled: [{ pointer: "", encoding: "text", artifact: { name: "step-1-output.txt" } }],
    });
    expect(await spilledText(attempt, asText)).toBe(text);
    const list = Array.from({ length: 10_000 }, (_, index) => index);
    const asJson = succeeded(await runTask(() => list, attempt)).output;
    expect(asJson).toMatchObject({
      value: null,
      spilled: [{ pointer: "", encoding: "json", artifact: { name: "step-1-output.json" } }],
    });
    expect(JSON.parse(await spilledText(attempt, asJson))).toEqual(list);
  });

  it("stays where it is up to the limit, counted in bytes of JSON", async () => {
    const most = "x".repeat(limits.inlinePayloadBytesMax - 2);
    expect(await taskOutput(most)).toEqual({ value: most });
    expect(await taskOutput(`${most}x`)).toMatchObject({ value: null });
    expect(await taskOutput("\n".repeat(limits.inlinePayloadBytesMax / 2))).toMatchObject({ value: null });
  });

  it("survives as JSON where UTF-8 could not carry the string", async () => {
    const attempt = fakeAttempt({ task: "t" });
    const odd = `\ud800${"x".repeat(20_000)}`;
    const output = succeeded(await runTask(() => odd, attempt)).output;
    expect(output.spilled?.[0]?.encoding).toBe("json");
    expect(JSON.parse(await spilledText(attempt, output))).toBe(odd);
  });

  it("fails the step, for now, when it cannot be stored", async () => {
    const attempt = fakeAttempt({ task: "t" }, { createArtifact: () => Promise.reject(new Error("disk full")) });
    const { failure } = failed(await runTask(() => "x".repeat(20_000), attempt));
    expect(failure).toEqual({ kind: "output", message: expect.stringContaining("disk full") });
  });
});
