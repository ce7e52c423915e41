import { describe, expect, it } from "vitest";
import { exited, hear } from "./recorded-program.ts";

// There is no recording of this program; the records have the form that its own source gives them.
const part = (type: string, fields: object): string =>
  JSON.stringify({ type, timestamp: 1, sessionID: "ses_1", part: { id: "prt_1", messageID: "msg_1", ...fields } });
const start = part("step_start", { type: "step-start" });
const text = (words: string): string => part("text", { type: "text", text: words });
const finish = (reason: string, input = 100): string =>
  part("step_finish", {
    type: "step-finish",
    reason,
    cost: 0.01,
    tokens: { input, output: 10, reasoning: 0, cache: { read: 5, write: 0 } },
  });
const tool = (status: string, rest: object): string =>
  part("tool_use", {
    type: "tool",
    callID: "call_1",
    tool: "bash",
    state: { status, input: { command: "ls" }, ...rest },
  });
const lines = (...all: string[]): string => `${all.join("\n")}\n`;

describe("opencode", () => {
  const ran = lines(
    start,
    text("I look."),
    tool("completed", { output: "a.txt" }),
    finish("tool-calls"),
    start,
    text("One file."),
    finish("stop"),
  );

  it("answers with the text of its last step, and tells the tools of those before", () => {
    const heard = hear("opencode", ran, exited(0));
    expect(heard.ending).toEqual({
      type: "succeeded",
      text: "One file.",
      usage: { inputTokens: 200, outputTokens: 20, cacheReadTokens: 10, cacheWriteTokens: 0, costUsd: 0.02, turns: 2 },
    });
    expect(heard.streams).toEqual(["I look.", "One file."]);
    expect(heard.tools).toEqual(["started bash: ls", "ended bash: a.txt"]);
  });

  it("tells a tool that failed as failed", () => {
    const heard = hear("opencode", lines(start, tool("error", { error: "no such file" })), exited(0));
    expect(heard.tools).toEqual(["started bash: ls", "ended bash!: no such file"]);
  });

  it("fails with the words of its error, even where a step is closed after it", () => {
    const error = JSON.stringify({
      type: "error",
      sessionID: "ses_1",
      error: { name: "APIError", data: { message: "bad request" } },
    });
    for (const output of [lines(start, error), lines(start, error, finish("stop"))]) {
      expect(hear("opencode", output, exited(1)).ending).toMatchObject({
        type: "failed",
        failure: { kind: "agent", code: "assistant-error", message: "bad request" },
      });
    }
  });

  it("is cut off where its model reached its limit, and keeps what it said", () => {
    expect(hear("opencode", lines(start, text("Half an"), finish("length")), exited(0)).ending).toMatchObject({
      type: "failed",
      failure: { kind: "truncated", code: "assistant-stop" },
      text: "Half an",
    });
  });

  it("fails where it stopped for a reason that is no success, or is not done", () => {
    expect(hear("opencode", lines(start, text("x"), finish("content-filter")), exited(0)).ending).toMatchObject({
      failure: { code: "assistant-stop" },
    });
    expect(hear("opencode", lines(start, text("x"), finish("tool-calls")), exited(0)).ending).toMatchObject({
      failure: { code: "agent-exited" },
    });
    expect(hear("opencode", lines(start, text("x"), finish("stop"), start), exited(0)).ending).toMatchObject({
      failure: { code: "agent-exited" },
    });
  });
});
