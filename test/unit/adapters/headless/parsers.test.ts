import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { LineSplitter } from "../../../../src/adapters/executors/headless/line-splitter.ts";
import { createParser, parserNames } from "../../../../src/adapters/executors/headless/parsers.ts";
import { limits } from "../../../../src/domain/limits.ts";
import { exited, hear } from "./recorded-program.ts";

const json = (...records: object[]): string => records.map((record) => `${JSON.stringify(record)}\n`).join("");

describe("an answer that was cut off at the model's limit", () => {
  const assistant = { type: "text", text: "Half an" };

  it.each<[string, string]>([
    [
      "claude",
      json({ type: "result", subtype: "success", is_error: false, result: "Half an", stop_reason: "max_tokens" }),
    ],
    [
      "pi-json",
      json({ type: "message_end", message: { role: "assistant", content: [assistant], stopReason: "length" } }),
    ],
  ])("by %s is a failure of its own kind that keeps the text", (parser, output) => {
    expect(hear(parser, output, exited(0)).ending).toMatchObject({
      type: "failed",
      failure: { kind: "truncated", code: "assistant-stop" },
      text: "Half an",
    });
  });
});

describe("claude", () => {
  const message = (id: string, text: string, rest = {}): object => ({
    type: "assistant",
    message: { id, content: [{ type: "text", text }] },
    parent_tool_use_id: null,
    ...rest,
  });
  const result = (fields: object): object => ({
    type: "result",
    subtype: "success",
    is_error: false,
    result: "",
    ...fields,
  });

  it("tells whole messages where it sends no pieces, and leaves the words of its own agents out", () => {
    const heard = hear(
      "claude",
      json(message("1", "I look."), message("2", "Inner.", { parent_tool_use_id: "t" }), message("3", "Done.")),
      exited(0),
    );
    expect(heard.streams).toEqual(["I look.", "Done."]);
    expect(heard.ending.text).toBe("Done.");
  });

  it("that ran out of turns has stopped, with no success", () => {
    const output = json(message("1", "I look."), { type: "result", subtype: "error_max_turns", is_error: true });
    expect(hear("claude", output, exited(1)).ending).toMatchObject({
      failure: { kind: "agent", code: "assistant-stop", message: "claude ended with error_max_turns." },
      text: "I look.",
    });
    expect(hear("claude", json(result({ subtype: "error_max_turns", result: "x" })), exited(0)).ending).toMatchObject({
      failure: { code: "assistant-stop" },
    });
  });

  it("that refused has not answered", () => {
    const output = json(result({ result: "I cannot.", stop_reason: "refusal" }));
    expect(hear("claude", output, exited(0)).ending).toMatchObject({
      failure: { code: "assistant-stop" },
      text: "I cannot.",
    });
  });

  it("whose result does not say that there was no error has not succeeded", () => {
    const output = json({ type: "result", subtype: "success", result: "Done." });
    expect(hear("claude", output, exited(0)).ending).toMatchObject({ failure: { code: "assistant-error" } });
  });
});

describe("codex", () => {
  it("tells changes of files, which only end, as calls that start and end, and tools of servers by both names", () => {
    const item = (type: string, rest: object): object => ({ type: "item.completed", item: { id: "i", type, ...rest } });
    const output = json(
      item("file_change", { status: "completed", changes: [{ path: "a.txt", kind: "add" }] }),
      item("mcp_tool_call", { server: "docs", tool: "search", arguments: { query: "x" }, status: "failed" }),
      item("command_execution", { command: "false", aggregated_output: "", exit_code: 1, status: "completed" }),
      item("reasoning", { text: "Hm." }),
    );
    expect(hear("codex", output, exited(0)).tools).toEqual([
      'started file_change: [{"path":"a.txt","kind":"add"}]',
      "ended file_change: ",
      "started docs.search: x",
      "ended docs.search!: ",
      "started command_execution: false",
      "ended command_execution!: ",
    ]);
  });

  it("that got over an error has succeeded", () => {
    const output = json(
      { type: "error", message: "Reconnecting... 1/5" },
      { type: "item.completed", item: { id: "1", type: "agent_message", text: "Done." } },
      { type: "turn.completed", usage: { input_tokens: 100, cached_input_tokens: 60, output_tokens: 1 } },
    );
    const heard = hear("codex", output, exited(0));
    expect(heard.diagnostics).toEqual(["warning agent-complains: codex: Reconnecting... 1/5"]);
    expect(heard.ending).toEqual({
      type: "succeeded",
      text: "Done.",
      usage: { inputTokens: 40, outputTokens: 1, cacheReadTokens: 60 },
    });
  });
});

describe("gemini", () => {
  const words = (content: string): object => ({ type: "message", role: "assistant", content, delta: true });
  const ended = { type: "tool_result", tool_id: "t", status: "error", error: { message: "no" } };

  it("has not answered with what it said before its last tool", () => {
    const output = json(words("I look."), ended, { type: "result", status: "success", stats: {} });
    const heard = hear("gemini", output, exited(0));
    expect(heard.ending).toMatchObject({ failure: { code: "assistant-final-empty" }, text: "" });
    expect(heard.tools).toEqual(["ended tool!: no"]);
  });

  it("keeps what it said before its last tool where it did not come to its end", () => {
    expect(hear("gemini", json(words("I look."), ended), exited(0)).ending.text).toBe("I look.");
  });

  it("that warns goes on", () => {
    const output = json({ type: "error", severity: "warning", message: "slow" }, words("Done."), {
      type: "result",
      status: "success",
    });
    const heard = hear("gemini", output, exited(0));
    expect(heard.ending).toMatchObject({ type: "succeeded", text: "Done." });
    expect(heard.diagnostics).toEqual(["warning agent-complains: gemini: slow"]);
  });
});

describe("pi", () => {
  const end = (fields: object, text = "Done."): object => ({
    type: "message_end",
    message: { role: "assistant", content: text === "" ? [] : [{ type: "text", text }], ...fields },
  });

  it("that tried again and answered has succeeded", () => {
    const output = json(
      end({ stopReason: "error", errorMessage: "500" }, ""),
      { type: "auto_retry_start", errorMessage: "500" },
      { type: "turn_start" },
      end({ stopReason: "stop" }),
    );
    const heard = hear("pi-json", output, exited(0));
    expect(heard.ending).toMatchObject({ type: "succeeded", text: "Done." });
    expect(heard.diagnostics).toEqual(["warning agent-retries: pi tries again: 500"]);
  });

  it("tells a message as a whole that it did not stream", () => {
    expect(hear("pi-json", json(end({}, "Done.")), exited(0)).streams).toEqual(["Done."]);
  });

  it("that was aborted keeps what it had said", () => {
    const output = json(
      { type: "message_start", message: { role: "assistant" } },
      { type: "message_update", assistantMessageEvent: { type: "text_delta", delta: "Half" } },
      end({ stopReason: "aborted", errorMessage: "Request was aborted" }, ""),
    );
    expect(hear("pi-json", output, exited(0)).ending).toMatchObject({
      failure: { code: "assistant-stop" },
      text: "Half",
    });
  });

  it("is not done with a message after which it used a tool, nor by a message of another role", () => {
    expect(hear("pi-json", json(end({ stopReason: "toolUse" })), exited(0)).ending).toMatchObject({
      failure: { code: "agent-exited" },
    });
    const other = { type: "message_end", message: { role: "user", content: [], stopReason: "error" } };
    expect(hear("pi-json", json(end({ stopReason: "stop" }), other), exited(0)).ending.type).toBe("succeeded");
  });
});

describe("every parser", () => {
  it.each(parserNames)("%s takes a blank answer for none", (name) => {
    const done: Readonly<Record<string, string>> = {
      claude: json({ type: "result", subtype: "success", is_error: false, result: " \n" }),
      codex: json({ type: "turn.completed" }),
      gemini: json({ type: "result", status: "success" }),
      opencode: json({ type: "step_finish", part: { reason: "stop" } }),
      "pi-json": json({ type: "message_end", message: { role: "assistant", content: [], stopReason: "stop" } }),
      text: "\n \n",
    };
    expect(hear(name, done[name] ?? "", exited(0)).ending).toMatchObject({
      failure: { code: "assistant-final-empty" },
    });
  });

  it.each(parserNames)("%s survives whatever a program writes, and never takes it for a success", (name) => {
    const type = fc.constantFrom(
      "result",
      "system",
      "assistant",
      "item.completed",
      "message_end",
      "tool_use",
      "step_finish",
      "error",
    );
    const record = fc.record({
      type,
      message: fc.jsonValue(),
      item: fc.jsonValue(),
      part: fc.jsonValue(),
      content: fc.jsonValue(),
      stats: fc.jsonValue(),
    });
    const line = fc.oneof(
      fc.string(),
      fc.json(),
      record.map((each) => JSON.stringify(each)),
    );
    fc.assert(
      fc.property(fc.array(line), (lines) => {
        expect(hear(name, lines.join("\n"), exited(1)).ending.type).toBe("failed");
      }),
    );
  });

  it("has a name, and another name has none", () => {
    const sink = { text: () => undefined, tool: () => undefined, diagnostic: () => undefined };
    expect(parserNames).toEqual(["claude", "codex", "gemini", "opencode", "pi-json", "text"]);
    expect(createParser("constructor", sink)).toBeUndefined();
  });

  it("keeps an answer up to the limit, and refuses a longer one as an answer", () => {
    const half = "x".repeat(limits.headlessAnswerCharsMax / 2);
    const words = { type: "message", role: "assistant", content: half };
    const done = { type: "result", status: "success" };
    expect(hear("gemini", json(words, words, done), exited(0), 1 << 20).ending.type).toBe("succeeded");
    const { ending } = hear("gemini", json(words, words, { ...words, content: "y" }, done), exited(0), 1 << 20);
    expect(ending).toMatchObject({ type: "failed", failure: { code: "step-output-budget-exceeded" } });
    expect(ending.text).toBe(half + half);
  });

  it("takes tools that are asked for something nested beyond every stack", () => {
    const deep = `${"[".repeat(20_000)}${"]".repeat(20_000)}`;
    const output = `{"type":"tool_use","tool_id":"t","tool_name":"ls","parameters":${deep}}\n`;
    expect(hear("gemini", output, exited(0)).tools).toEqual(["started ls: "]);
  });

  it("forgets the names of the oldest calls of a program that never ends one", () => {
    const calls = Array.from({ length: limits.headlessOpenCallsMax + 1 }, (_, at) => ({
      type: "tool_use",
      tool_id: `${at}`,
      tool_name: "ls",
    }));
    const ended = (id: number): object => ({ type: "tool_result", tool_id: `${id}`, status: "success" });
    expect(hear("gemini", json(...calls, ended(0), ended(1)), exited(0)).tools.slice(-2)).toEqual([
      "ended tool: ",
      "ended ls: ",
    ]);
  });
});

describe("lines", () => {
  const split = (bytesMax: number, ...chunks: (string | Uint8Array)[]): string[] => {
    const found: string[] = [];
    const splitter = new LineSplitter(
      { line: (text) => void found.push(text), unreadLine: (bytes) => void found.push(`too long: ${bytes}`) },
      bytesMax,
    );
    for (const chunk of chunks) splitter.add(Buffer.from(chunk));
    splitter.end();
    return found;
  };

  it("end at a line feed and nowhere else", () => {
    expect(split(100, "a\u2028b\r\n\nc\u0085", "d\ve")).toEqual(["a\u2028b\r", "", "c\u0085d\ve"]);
    expect(split(100, "a\n")).toEqual(["a"]);
    expect(split(100)).toEqual([]);
  });

  it("keep characters whole that arrive in parts", () => {
    const bytes = Buffer.from("ü🙂\n");
    expect(split(100, ...Array.from(bytes, (byte) => Uint8Array.of(byte)))).toEqual(["ü🙂"]);
  });

  it("above the limit are not read, and those after them are", () => {
    expect(split(4, "abcd\nabcde\n", "ab", "cdef", "gh\nok\n", "abcdefgh")).toEqual([
      "abcd",
      "too long: 5",
      "too long: 8",
      "ok",
      "too long: 8",
    ]);
  });
});
