import { createHash } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { directoryArtifacts } from "../../src/adapters/artifacts/directory-artifacts.ts";
import type { StoredOutput } from "../../src/domain/output.ts";
import type { Attempt } from "../../src/ports/executor.ts";
import { fakeAttempt } from "../support/fake-attempt.ts";
import { commandExecutors, failed, succeeded } from "../support/command-fixture.ts";

const executor = commandExecutors();
let root = "";
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "runfold-test-"));
});
afterAll(async () => {
  await rm(root, { recursive: true });
});

async function textAt(attempt: Attempt, output: StoredOutput, pointer: string): Promise<string> {
  const part = output.spilled?.find((one) => one.pointer === pointer);
  const chunks: Uint8Array[] = [];
  for await (const chunk of attempt.readArtifact(part!.artifact)) chunks.push(chunk);
  return Buffer.concat(chunks).toString("utf8");
}

describe("what a command writes", () => {
  it("goes through 100 MB into an artifact with the right bytes, without passing through memory", async () => {
    const store = directoryArtifacts(root);
    const attempt = fakeAttempt(
      { shell: "head -c 100000000 /dev/zero | tr '\\0' x; echo" },
      { text: () => undefined, createArtifact: (label) => store.create("run-1", label) },
    );
    const { output } = succeeded(await executor().execute(attempt));
    const hash = createHash("sha256");
    for (let index = 0; index < 100; index++) hash.update(Buffer.alloc(1_000_000, "x"));
    expect(output).toEqual({
      value: { stdout: null, stderr: "", exitCode: 0 },
      spilled: [
        {
          pointer: "/stdout",
          artifact: { name: "stdout.txt", bytes: 100_000_000, sha256: hash.digest("hex") },
          encoding: "text",
        },
      ],
    });
  });

  it("is decoded across the pieces in which it comes", async () => {
    const halves =
      "printf '\\360\\237'; sleep 0.05; printf '\\230\\200'; sleep 0.05; printf '\\303'; sleep 0.05; printf '\\244'";
    const attempt = fakeAttempt({ shell: halves });
    expect(succeeded(await executor().execute(attempt)).output.value).toMatchObject({ stdout: "😀ä" });
    expect(attempt.textOf("stdout")).toBe("😀ä");
  });

  it("loses its last line break only, of either kind", async () => {
    for (const [written, kept] of [
      ["a", "a"],
      ["a\\n", "a"],
      ["a\\r\\n", "a"],
      ["a\\n\\n", "a\n"],
      ["a\\r", "a\r"],
      ["\\n", ""],
      ["a\\nb", "a\nb"],
    ]) {
      const attempt = fakeAttempt({ command: ["printf", written!] });
      expect(succeeded(await executor().execute(attempt)).output.value).toMatchObject({ stdout: kept });
    }
  });

  it("stays in the journal's entry up to the limit for both streams together", async () => {
    const small = fakeAttempt({
      shell: "head -c 8000 /dev/zero | tr '\\0' a; head -c 8000 /dev/zero | tr '\\0' b >&2",
    });
    const output = succeeded(await executor().execute(small)).output;
    expect(output).not.toHaveProperty("spilled");
    const large = fakeAttempt({
      shell: "head -c 9000 /dev/zero | tr '\\0' a; head -c 9000 /dev/zero | tr '\\0' b >&2",
    });
    const spilled = succeeded(await executor().execute(large)).output;
    expect(spilled.spilled).toHaveLength(1);
    expect(JSON.stringify(spilled.value).length).toBeLessThan(16 * 1024);
    const { pointer } = spilled.spilled![0]!;
    expect(await textAt(large, spilled, pointer)).toBe((pointer === "/stdout" ? "a" : "b").repeat(9_000));
  });

  it("keeps bytes that are not text as they are, in an artifact", async () => {
    const attempt = fakeAttempt({ command: ["printf", "\\377\\000\\376\\n"] });
    const { output } = succeeded(await executor().execute(attempt));
    const chunks: Uint8Array[] = [];
    for await (const chunk of attempt.readArtifact(output.spilled![0]!.artifact)) chunks.push(chunk);
    expect(Buffer.concat(chunks)).toEqual(Buffer.from([0xff, 0x00, 0xfe]));
  });

  it("is kept of a command that fails, in an artifact too", async () => {
    const attempt = fakeAttempt({ shell: "seq 1 10000; exit 1" });
    const { partial } = failed(await executor().execute(attempt));
    const text = await textAt(attempt, partial!, "/stdout");
    expect(text.startsWith("1\n2\n")).toBe(true);
    expect(text.endsWith("\n9999\n10000")).toBe(true);
  });

  it("fails the step when it cannot be stored, and does not block the command", async () => {
    const attempt = fakeAttempt(
      { shell: "seq 1 1000000" },
      { createArtifact: () => Promise.reject(new Error("the disk is full")) },
    );
    const { failure } = failed(await executor().execute(attempt));
    expect(failure).toMatchObject({ kind: "output", exitCode: 0 });
    expect(failure.message).toContain("the disk is full");
    expect(attempt.diagnostics.map(({ code }) => code)).toEqual(["command-output-dropped"]);
  });
});
