import { chmod, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { command, defineGraph, memoryJournal, openRuntime, shell, step, task } from "runfold";
import { limits } from "../../src/domain/limits.ts";
import type { ArtifactRef } from "../../src/domain/artifact.ts";
import { commandExecutors, failed, succeeded } from "../support/command-fixture.ts";
import { fakeAttempt, type FakeAttempt } from "../support/fake-attempt.ts";

const recordings = fileURLToPath(new URL("../recordings/headless/", import.meta.url));
const executor = commandExecutors();
const long = 600_000;
let root = "";
let cli = "";

/** A program that writes what was recorded of one, and exits as it did: `cli RECORDING CODE`. */
const script = `#!/bin/sh
cat "${recordings}$1.stdout"
cat "${recordings}$1.stderr" >&2
exit "$2"
`;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "runfold-test-"));
  cli = join(root, "cli");
  await writeFile(cli, script);
  await chmod(cli, 0o755);
});
afterAll(async () => {
  await rm(root, { recursive: true });
});

const played = (parser: string, recording: string, code = 0): FakeAttempt =>
  fakeAttempt({ command: [cli, recording, String(code)], parser });

async function keptOf(attempt: FakeAttempt, name: string): Promise<string | undefined> {
  const artifact = (await attempt.store.list("run-1")).find((each) => each.name === `step-1-${name}`);
  return artifact === undefined ? undefined : await textOf(attempt, artifact);
}

async function textOf(attempt: FakeAttempt, artifact: ArtifactRef): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of attempt.readArtifact(artifact)) chunks.push(chunk);
  return Buffer.concat(chunks).toString("utf8");
}

describe("a command that runs an agent program", () => {
  it.each([
    ["claude", "claude-stream-tool", /^Tool said: cli-42 DATA-LINE$/, "Bash"],
    ["codex", "codex-stream-tool", /^Tool said: Chunk ID: da6725 /, "command_execution"],
    ["gemini", "gemini-stream-tool", /^Tool said: \{"output":/, "run_shell_command"],
    ["pi-json", "pi073-stream-tool", /^Tool said: cli-42 DATA-LINE $/, "bash"],
  ])(
    "gives %s's answer, its usage and its tools, and keeps all that it wrote",
    async (parser, recording, text, tool) => {
      const attempt = played(parser, recording);
      const result = succeeded(await executor().execute(attempt));
      expect(result.output).toEqual({ value: expect.stringMatching(text) });
      expect(result.usage).toMatchObject({ inputTokens: 200, outputTokens: 20 });
      expect(attempt.tools.map((call) => `${call.phase} ${call.tool}`)).toEqual([`started ${tool}`, `ended ${tool}`]);
      expect(attempt.textOf("assistant-1")).toContain("Running it.");
      expect(attempt.textOf("stdout")).toBe("");
      const written = await readFile(`${recordings}${recording}.stdout`, "utf8");
      expect(await keptOf(attempt, "stdout.txt")).toBe(written.trimEnd());
      const complaints = await readFile(`${recordings}${recording}.stderr`, "utf8");
      expect((await keptOf(attempt, "stderr.txt")) ?? "").toBe(complaints.trimEnd());
    },
  );

  it.each([
    // Its subtype is "success".
    ["claude", "claude-stream-err", 1, /^API Error: 400 bad request from fake$/],
    ["codex", "codex-stream-err", 1, /bad request from fake/],
    ["gemini", "gemini-stream-auth", 145, /invalid key/],
    // It exits with 0 all the same.
    ["pi-json", "pi073-stream-err", 0, /^400 bad request from fake$/],
  ])("fails as %s says that it failed, whatever its exit code", async (parser, recording, code, message) => {
    const { failure } = failed(await executor().execute(played(parser, recording, code)));
    expect(failure).toEqual({
      kind: "agent",
      code: "assistant-error",
      message: expect.stringMatching(message),
      exitCode: code,
    });
  });

  it("fails where its exit contradicts its words, with the answer as evidence and its stderr in the message", async () => {
    const { failure, partial, usage } = failed(await executor().execute(played("gemini", "gemini-stream-simple", 7)));
    expect(failure).toMatchObject({ kind: "agent", code: "agent-exit", exitCode: 7 });
    expect(failure.message).toMatch(
      /^gemini said that it was done, but exited with code 7\.\n.*Ripgrep is not available/s,
    );
    expect(partial).toEqual({ value: "Hello from fake." });
    expect(usage).toMatchObject({ outputTokens: 10 });
  });

  it("fails where it exits with 0 and never said that it was done", async () => {
    const attempt = fakeAttempt({ shell: `head -n 3 "${recordings}gemini-stream-simple.stdout"`, parser: "gemini" });
    const { failure, partial } = failed(await executor().execute(attempt));
    expect(failure).toMatchObject({ kind: "agent", code: "agent-exited", exitCode: 0 });
    expect(partial).toEqual({ value: "Hello from f" });
  });

  it("fails with its own words on stderr where it wrote nothing else", async () => {
    const attempt = played("claude", "claude-bare-err", 1);
    const { failure, partial } = failed(await executor().execute(attempt));
    expect(failure).toMatchObject({
      code: "agent-exited",
      message: expect.stringContaining("root/sudo privileges"),
    });
    expect(partial).toBeUndefined();
    expect(attempt.textOf("stderr")).toContain("root/sudo");
  });

  it("that was cut off at its model's limit is a failure of its own kind, with what there is", async () => {
    const record =
      '{"type":"message_end","message":{"role":"assistant","content":[{"type":"text","text":"Half"}],"stopReason":"length"}}';
    const attempt = fakeAttempt({ command: ["printf", "%s\\n", record], parser: "pi-json" });
    const { failure, partial } = failed(await executor().execute(attempt));
    expect(failure).toMatchObject({ kind: "truncated", code: "assistant-stop" });
    expect(partial).toEqual({ value: "Half" });
  });

  it("whose answer cannot be kept has failed, and leaves no half of it", async () => {
    const record = JSON.stringify({
      type: "message_end",
      message: { role: "assistant", content: [{ type: "text", text: "x".repeat(20_000) }], stopReason: "stop" },
    });
    const discarded: string[] = [];
    const attempt = fakeAttempt({ command: ["printf", "%s\\n", record], parser: "pi-json" });
    const { createArtifact } = attempt;
    attempt.createArtifact = async (label) => {
      const writer = await createArtifact(label);
      if (label !== "answer.txt") return writer;
      return {
        write: () => Promise.reject(new Error("the disk is full")),
        commit: () => writer.commit(),
        discard: () => (discarded.push(label), writer.discard()),
      };
    };
    const { failure } = failed(await executor().execute(attempt));
    expect(failure).toMatchObject({ kind: "output", message: expect.stringContaining("the disk is full") });
    expect(discarded).toEqual(["answer.txt"]);
  });

  it("that cannot be started is a problem of its launch", async () => {
    const attempt = fakeAttempt({ command: [join(root, "nothing")], parser: "claude" });
    expect(failed(await executor().execute(attempt)).failure).toMatchObject({ kind: "launch" });
  });

  it("has an answer that is too large for the journal put into an artifact", async () => {
    const text = "ü".repeat(limits.inlinePayloadBytesMax / 2);
    const file = join(root, "large.jsonl");
    await writeFile(file, JSON.stringify({ type: "result", subtype: "success", is_error: false, result: text }));
    const attempt = fakeAttempt({ command: ["cat", file], parser: "claude" });
    const { output } = succeeded(await executor().execute(attempt));
    expect(output).toMatchObject({ value: null, spilled: [{ pointer: "", encoding: "text" }] });
    expect(await textOf(attempt, output.spilled![0]!.artifact)).toBe(text);
  });

  it("may write lines that are no records, and lines that are too long, and is told of them", async () => {
    const done = '{"type":"result","subtype":"success","is_error":false,"result":"Done."}';
    const attempt = fakeAttempt({
      shell: `echo Hello; head -c ${limits.recordBytesMax + 1} /dev/zero | tr '\\0' x; echo; echo '${done}'`,
      parser: "claude",
    });
    expect(succeeded(await executor().execute(attempt)).output).toEqual({ value: "Done." });
    expect(attempt.diagnostics.map(({ code }) => code)).toEqual(["agent-line-unreadable", "agent-line-too-long"]);
  });
});

describe("an agent program that is told to stop", () => {
  // As gemini does: SIGTERM makes it leave with 0. As claude does: it says that it was done, or that it was interrupted, on its way out.
  const leaving: readonly (readonly [string, string])[] = [
    ["with code 0 and no word", "exit 0"],
    ["with code 0 and the word that it is done", `tail -n 1 "${recordings}gemini-stream-simple.stdout"; exit 0`],
    ["with an error", `tail -n 1 "${recordings}gemini-stream-err.stdout"; exit 145`],
    ["with code 143", "exit 143"],
  ];

  it.each(leaving)("and leaves %s was stopped, with what it had said", async (_, leave) => {
    const begin = `head -n 3 "${recordings}gemini-stream-simple.stdout"`;
    const attempt = fakeAttempt({
      shell: `trap '${leave}' TERM; ${begin}; while :; do sleep 0.05; done`,
      parser: "gemini",
    });
    const ending = executor().execute(attempt);
    await attempt.textWith("assistant-1", "Hello from f");
    attempt.stop.ask({ graceMs: long });
    const { failure, partial } = failed(await ending);
    expect(failure.kind).toBe("aborted");
    expect(partial).toEqual({ value: "Hello from f" });
  });

  it("because its time is over has timed out", async () => {
    const attempt = fakeAttempt({
      shell: `cat "${recordings}claude-stream-auth.stdout"; exec sleep 1000`,
      parser: "claude",
    });
    const ending = executor().execute(attempt);
    attempt.stop.ask({ graceMs: 0, force: true, cause: "timedOut" });
    expect(failed(await ending).failure.kind).toBe("timedOut");
  });
});

describe("a run with agent programs", () => {
  it("hands the answer of one to the next, as a text", async () => {
    const plan = step("plan", { run: command(cli, ["claude-stream-simple", "0"], { parser: "claude" }) });
    const shout = step("shout", { needs: { plan }, run: shell('printf %s "$RUNFOLD_INPUT_PLAN" | tr a-z A-Z') });
    const count = step("count", {
      needs: { plan, shout },
      run: task(({ plan: text, shout: { stdout } }) => [text, stdout]),
    });
    const graph = defineGraph("team", { objective: "Be handed on.", steps: [plan, shout, count] });
    await using runtime = await openRuntime({ journal: memoryJournal(), graphs: [graph] });
    const outcome = await (await runtime.start(graph)).outcome();
    expect(outcome.output("count")).toEqual(["Hello from fake.", "HELLO FROM FAKE."]);
  });

  it("does not start with a parser that nobody knows, and names those that there are", async () => {
    const graph = defineGraph("team", {
      objective: "Not to be started.",
      steps: [step("plan", { run: command("claude", [], { parser: "clod" }) })],
    });
    await using runtime = await openRuntime({ journal: memoryJournal(), graphs: [graph] });
    await expect(runtime.start(graph)).rejects.toMatchObject({
      code: "graph.invalid",
      details: {
        diagnostics: [
          {
            code: "step-not-runnable",
            pointer: "/steps/0/command",
            message:
              'Step "plan" cannot be run here: There is no parser "clod"; there are "claude", "codex", "gemini", "opencode", "pi-json", "text".',
          },
        ],
      },
    });
  });
});
