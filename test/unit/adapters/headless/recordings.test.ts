import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import type { ParsedEnding } from "../../../../src/adapters/executors/headless/line-parser.ts";
import type { Usage } from "../../../../src/domain/usage.ts";
import { exited, hear, hearFile, recordings } from "./recorded-program.ts";

const said = (text: string, usage?: Usage): ParsedEnding => ({
  type: "succeeded",
  text,
  ...(usage === undefined ? {} : { usage }),
});
type Failing = Extract<ParsedEnding, { type: "failed" }>;
const failed = (code: Failing["failure"]["code"], message: string, text = "", usage?: Usage): ParsedEnding => ({
  type: "failed",
  failure: { kind: "agent", code, message },
  text,
  ...(usage === undefined ? {} : { usage }),
});

const badRequest =
  '{"error":{"message":"bad request from fake","type":"invalid_request_error","code":400,"status":"INVALID_ARGUMENT"}}';
const badKey =
  '{"type":"error","error":{"message":"invalid key","type":"authentication_error","code":401,"status":"UNAUTHENTICATED"}}';
const fenced = (pgid: number): string =>
  `Tool said: {"output":"<untrusted_context>\\nOutput: cli-42\\nDATA-LINE\\nProcess Group PGID: ${pgid}\\n</untrusted_context>"}`;
const codexSaid = (chunk: string): string =>
  `Tool said: Chunk ID: ${chunk} Wall time: 0.0000 seconds Process exited with code 0 Original token count: 5 Output: cli-42 DATA-LINE `;

const claudeUsage = (asked: number, costUsd: number, turns: number): Usage => ({
  inputTokens: asked * 100,
  outputTokens: asked * 10,
  cacheReadTokens: 0,
  cacheWriteTokens: 0,
  costUsd,
  turns,
  model: "claude-sonnet-4-5",
});
const codexUsage = (asked: number): Usage => ({
  inputTokens: asked * 100,
  outputTokens: asked * 10,
  cacheReadTokens: 0,
  cacheWriteTokens: 0,
});
const geminiUsage = (asked: number): Usage => ({
  inputTokens: asked * 100,
  outputTokens: asked * 10,
  cacheReadTokens: 0,
  model: "gemini-2.5-flash",
});
const piUsage = (asked: number, turns = asked): Usage => ({
  inputTokens: asked * 100,
  outputTokens: asked * 10,
  cacheReadTokens: 0,
  cacheWriteTokens: 0,
  costUsd: 0,
  turns,
  model: "fake-1",
});
const unread = (program: string, code: number): ParsedEnding =>
  failed("agent-exited", `${program} exited with code ${code} without saying that it was done.`);

/** Each recorded output: which parser reads it, how the program exited, and what came of it. */
const table: Readonly<Record<string, readonly [parser: string, code: number, ending: ParsedEnding]>> = {
  "claude-stream-simple": ["claude", 0, said("Hello from fake.", claudeUsage(1, 0.00045000000000000004, 1))],
  "claude-stream-tool": ["claude", 0, said("Tool said: cli-42 DATA-LINE", claudeUsage(2, 0.0009000000000000001, 2))],
  // Its subtype is "success".
  "claude-stream-err": [
    "claude",
    1,
    failed(
      "assistant-error",
      "API Error: 400 bad request from fake",
      "API Error: 400 bad request from fake",
      claudeUsage(0, 0, 1),
    ),
  ],
  "claude-stream-auth": [
    "claude",
    143,
    failed(
      "agent-exited",
      "claude exited with code 143 without saying that it was done. Its last complaint: authentication_failed (401), attempt 8 of 10",
    ),
  ],
  "claude-json-tool": [
    "claude",
    0,
    said("Tool said: cli-42 DATA-LINE", { ...claudeUsage(2, 0.0015, 2), model: "claude-opus-4-8[1m]" }),
  ],
  "claude-json-err": [
    "claude",
    1,
    failed("assistant-error", "API Error: 400 bad request from fake", "", {
      inputTokens: 0,
      outputTokens: 0,
      cacheReadTokens: 0,
      cacheWriteTokens: 0,
      costUsd: 0,
      turns: 1,
    }),
  ],
  "claude-text-tool": ["text", 0, said("Tool said: cli-42 DATA-LINE")],
  "claude-text-err": [
    "text",
    1,
    failed("agent-exit", "The program exited with code 1.", "API Error: 400 bad request from fake"),
  ],
  "claude-bare-tool": ["claude", 1, unread("claude", 1)],
  "claude-bare-err": ["claude", 1, unread("claude", 1)],
  "codex-stream-simple": ["codex", 0, said("Hello from fake.", codexUsage(1))],
  "codex-stream-tool": ["codex", 0, said(codexSaid("da6725"), codexUsage(2))],
  "codex-stream-err": ["codex", 1, failed("assistant-error", badRequest)],
  "codex-stream-auth": [
    "codex",
    1,
    failed(
      "assistant-error",
      "unexpected status 401 Unauthorized: invalid key, url: http://127.0.0.1:40539/v1/responses",
    ),
  ],
  "codex-text-tool": ["text", 0, said(codexSaid("555bb6").trim())],
  "codex-text-err": ["text", 1, failed("agent-exit", "The program exited with code 1.")],
  "gemini-stream-simple": ["gemini", 0, said("Hello from fake.", geminiUsage(1))],
  "gemini-stream-tool": ["gemini", 0, said(fenced(8295), geminiUsage(2))],
  "gemini-stream-err": ["gemini", 144, failed("assistant-error", `[API Error: ${badRequest}]`, "", geminiUsage(0))],
  "gemini-stream-auth": ["gemini", 145, failed("assistant-error", `[API Error: ${badKey}]`, "", geminiUsage(0))],
  // One object over many lines: written for whoever reads it whole.
  "gemini-json-tool": ["gemini", 0, unread("gemini", 0)],
  "gemini-json-err": ["gemini", 144, unread("gemini", 144)],
  "gemini-text-tool": ["text", 0, said(`Running it.\n${fenced(8411)}`)],
  "gemini-text-err": ["text", 144, failed("agent-exit", "The program exited with code 144.")],
  "pi073-stream-simple": ["pi-json", 0, said("Hello from fake.", piUsage(1))],
  "pi073-stream-tool": ["pi-json", 0, said("Tool said: cli-42 DATA-LINE ", piUsage(2))],
  // It exits with 0 all the same.
  "pi073-stream-err": ["pi-json", 0, failed("assistant-error", "400 bad request from fake", "", piUsage(0, 1))],
  "pi073-stream-auth": ["pi-json", 0, failed("assistant-error", "401 invalid key", "", piUsage(0, 1))],
  "pi073-text-tool": ["text", 0, said("Tool said: cli-42 DATA-LINE")],
  "pi073-text-err": ["text", 1, failed("agent-exit", "The program exited with code 1.")],
};

describe("every recorded output", () => {
  it("stands in the table", () => {
    const outputs = readdirSync(recordings).filter((name) => name.endsWith(".stdout"));
    expect(Object.keys(table).toSorted()).toEqual(outputs.map((name) => name.replace(".stdout", "")).toSorted());
  });

  it.each(Object.entries(table))("%s ends as it should, however its bytes are cut", (name, [parser, code, ending]) => {
    expect(hearFile(parser, `${name}.stdout`, exited(code)).ending).toEqual(ending);
    expect(hearFile(parser, `${name}.stdout`, exited(code), 7)).toEqual(
      hearFile(parser, `${name}.stdout`, exited(code)),
    );
  });

  it.each(Object.entries(table))("%s that was stopped is neither a success nor a failure", (name, [parser]) => {
    for (const code of [0, 143]) {
      const { ending } = hearFile(parser, `${name}.stdout`, { code, signal: null, wasStopped: true });
      expect(ending.type).toBe("stopped");
    }
  });

  const streams = Object.entries(table).filter(([name]) => name.includes("-stream-"));

  it.each(streams)("%s without its last lines is no success, whatever the exit code", (name, [parser]) => {
    const lines = readFileSync(new URL(`${name}.stdout`, recordings), "utf8")
      .trimEnd()
      .split("\n");
    // pi says how it ended in the message, and repeats it in two more records.
    const left = lines.slice(0, parser === "pi-json" ? -3 : -1).join("\n");
    const { ending } = hear(parser, left, exited(0));
    expect(ending).toMatchObject({ type: "failed", failure: { kind: "agent", code: "agent-exited" } });
  });

  it.each(streams.filter(([, [, , ending]]) => ending.type === "succeeded"))(
    "%s that exits with another code is a failure that keeps the answer",
    (name, [parser, , ending]) => {
      expect(hearFile(parser, `${name}.stdout`, exited(3)).ending).toMatchObject({
        type: "failed",
        failure: { code: "agent-exit" },
        text: ending.text,
      });
      const killed = { code: null, signal: "SIGKILL", wasStopped: false };
      expect(hearFile(parser, `${name}.stdout`, killed).ending).toMatchObject({ failure: { code: "agent-exit" } });
    },
  );
});

describe("what is told on the way", () => {
  it.each([
    ["claude", "claude-stream-tool", "Tool said: cli-42 DATA-LINE", "Bash"],
    ["codex", "codex-stream-tool", codexSaid("da6725"), "command_execution"],
    ["gemini", "gemini-stream-tool", fenced(8295), "run_shell_command"],
    ["pi-json", "pi073-stream-tool", "Tool said: cli-42 DATA-LINE ", "bash"],
  ])(
    "by %s is each of its messages, once, as a stream of its own, and the start and the end of its tool",
    (parser, name, text, tool) => {
      const heard = hearFile(parser, `${name}.stdout`, exited(0));
      expect(heard.streams).toEqual(["Running it.", text]);
      const asked = parser === "codex" ? "/bin/bash -lc 'echo cli-42; cat data.txt'" : "echo cli-42; cat data.txt";
      expect(heard.tools).toEqual([`started ${tool}: ${asked}`, `ended ${tool}: cli-42 DATA-LINE`]);
    },
  );

  it("by codex of what it gets over is a warning", () => {
    const { diagnostics } = hearFile("codex", "codex-stream-simple.stdout", exited(0));
    expect(diagnostics).toEqual([
      "warning agent-complains: codex: Model metadata for `fake-1` not found. Defaulting to fallback metadata; this can degrade performance and cause issues.",
    ]);
  });

  it("by claude of a provider that does not answer is a warning for each time that it asks again", () => {
    const { diagnostics } = hearFile("claude", "claude-stream-auth.stdout", exited(143));
    expect(diagnostics).toHaveLength(8);
    expect(diagnostics[0]).toBe(
      "warning agent-retries: claude asks its model again: authentication_failed (401), attempt 1 of 10",
    );
  });

  it("by gemini that was asked for one object is that its lines are no records, up to the limit", () => {
    const { diagnostics } = hearFile("gemini", "gemini-json-tool.stdout", exited(0));
    expect(diagnostics).toHaveLength(21);
    expect(diagnostics[0]).toBe("warning agent-line-unreadable: gemini wrote a line that is no record: {");
    expect(diagnostics.at(-1)).toContain("agent-diagnostics-limited: The program gave cause for");
  });
});

describe("a claude that is spoken to more than once", () => {
  const lines = readFileSync(new URL("claude-bidi.jsonl", recordings), "utf8").trimEnd().split("\n");
  const out = lines
    .map((line) => JSON.parse(line) as { dir: string; line: string })
    .filter(({ dir }) => dir === "out")
    .map(({ line }) => line);
  const resultAt = out.flatMap((line, at) => (line.startsWith('{"type":"result"') ? [at] : []));

  it("ends as its last turn does, and has spent what all of them spent", () => {
    const { ending } = hear("claude", out.join("\n"), exited(0));
    expect(ending).toMatchObject({ type: "succeeded", text: "ok again tools-results 2" });
    expect(ending.usage).toMatchObject({ inputTokens: 500, outputTokens: 50, turns: 7 });
    expect(ending.usage?.costUsd).toBeCloseTo(0.00375, 10);
  });

  it("that was interrupted ends with an error, and what it was saying", () => {
    const { ending } = hear("claude", out.slice(0, resultAt[2]! + 1).join("\n"), exited(0));
    expect(ending).toMatchObject({ type: "failed", failure: { code: "assistant-error" }, text: "This is a lo" });
  });

  it("is not done with its first answer when it begins another turn", () => {
    const { ending } = hear("claude", out.slice(0, resultAt[0]! + 2).join("\n"), exited(0));
    expect(ending).toMatchObject({ type: "failed", failure: { code: "agent-exited" } });
  });
});
