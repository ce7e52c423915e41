import { describe, expect, it } from "vitest";
import { limits } from "../../../../src/domain/limits.ts";
import { acpOrder } from "../../../support/acp/acp-order.ts";
import { sessionId, talk, type PlayedAgent } from "../../../support/acp/played-agent.ts";

const tool = (id: string, rest: object = {}): object => ({
  sessionUpdate: "tool_call",
  toolCallId: id,
  kind: "read",
  title: "a.txt",
  ...rest,
});
const toolUpdate = (id: string, status: string, rest: object = {}): object => ({
  sessionUpdate: "tool_call_update",
  toolCallId: id,
  status,
  ...rest,
});

describe("the final answer", () => {
  it.each<[string, string, (agent: PlayedAgent) => void]>([
    [
      "all that was said, where nothing is named",
      "One two.",
      (agent) => ["One ", "two."].forEach((text) => agent.says(text)),
    ],
    [
      "the last message that has a name",
      "Found it.",
      (agent) => {
        agent.says("Looking. ", "m1");
        agent.says("Found ", "m2");
        agent.says("it.", "m2");
      },
    ],
    [
      "what was said after the last tool call, where nothing is named",
      "Found it.",
      (agent) => {
        agent.says("Looking.");
        agent.update(tool("t1", { status: "pending" }));
        agent.says("Still looking.");
        agent.update(toolUpdate("t1", "completed"));
        agent.says("Found it.");
      },
    ],
    [
      "not cut by news of a tool call that had ended before",
      "Found it.",
      (agent) => {
        agent.update(tool("t1"));
        agent.update(toolUpdate("t1", "completed"));
        agent.says("Found ");
        agent.update(toolUpdate("t1", "completed", { title: "late" }));
        agent.says("it.");
      },
    ],
    [
      "kept where a tool call ends only after it",
      "Found it.",
      (agent) => {
        agent.update(tool("t1"));
        agent.says("Found it.", "m1");
        agent.update(toolUpdate("t1", "completed"));
      },
    ],
    [
      "no thought, and nothing of what was asked",
      "Found it.",
      (agent) => {
        agent.update({ sessionUpdate: "user_message_chunk", content: { type: "text", text: "Say hello." } });
        agent.update({ sessionUpdate: "agent_thought_chunk", content: { type: "text", text: "Hm." } });
        agent.says("Found it.");
      },
    ],
    [
      "no notice that has no name where messages have names",
      "Found it.",
      (agent) => {
        agent.says("Found it.", "m1");
        agent.says("Warning: slow.");
      },
    ],
    [
      "nothing of other sessions",
      "Found it.",
      (agent) => {
        agent.says("Found it.");
        agent.update({ sessionUpdate: "agent_message_chunk", content: { type: "text", text: "Elsewhere." } }, "other");
      },
    ],
  ])("is %s", async (_, final, play) => {
    const { child, ending } = await talk(acpOrder());
    play(child);
    child.ends("end_turn");
    expect(await ending).toEqual({ type: "succeeded", finals: [final] });
  });

  it.each<[string, string, (agent: PlayedAgent) => void]>([
    ["says nothing", "", () => undefined],
    ["says nothing but blanks", " \n", (agent) => agent.says(" \n")],
    [
      "calls a tool last",
      "Looking.",
      (agent) => {
        agent.says("Looking.", "m1");
        agent.update(tool("t1"));
        agent.update(toolUpdate("t1", "failed"));
      },
    ],
  ])("is missing where the agent %s", async (_, lastText, play) => {
    const { child, ending } = await talk(acpOrder());
    play(child);
    child.ends("end_turn");
    const failure = { kind: "agent", code: "assistant-final-empty" };
    expect(await ending).toMatchObject({ type: "failed", failure, finals: [], lastText });
  });

  it("may not be larger than its limit", async () => {
    const { child, ending } = await talk(acpOrder());
    const half = "x".repeat(limits.agentOutputBytesMax / 2);
    child.says(half, "m1");
    child.says(half, "m2");
    child.says(half, "m2");
    child.says("x", "m2");
    expect(await ending).toMatchObject({ type: "failed", failure: { code: "step-output-budget-exceeded" } });
    expect(child.countOf("session/cancel")).toBe(1);
  });
});

describe("the end of a turn", () => {
  it.each([
    ["max_tokens", { kind: "truncated", code: "assistant-stop" }],
    ["refusal", { kind: "agent", code: "assistant-stop" }],
    ["max_turn_requests", { kind: "agent", code: "assistant-stop" }],
    ["cancelled", { kind: "agent", code: "assistant-stop" }],
    ["tired", { kind: "agent", code: "assistant-stop" }],
  ])("by %s is a failure that keeps the text", async (stopReason, failure) => {
    const { child, ending } = await talk(acpOrder());
    child.says("So far", "m1");
    child.ends(stopReason);
    expect(await ending).toMatchObject({ type: "failed", failure, finals: [], lastText: "So far" });
  });

  it("by an error tells its message", async () => {
    const { child, ending } = await talk(acpOrder());
    child.answersPrompt({ error: { code: -32603, message: "provider says 400" } });
    const failure = {
      kind: "agent",
      code: "acp-error",
      message: expect.stringContaining("provider says 400 (-32603)"),
    };
    expect(await ending).toMatchObject({ type: "failed", failure });
  });

  it("ends tool calls of which nothing more was told", async () => {
    const order = acpOrder();
    const { child, ending } = await talk(order);
    child.update(tool("t1"));
    child.says("Done.");
    child.ends("end_turn");
    await ending;
    expect(order.attempt.tools).toMatchObject([
      { call: "t1", phase: "started" },
      { call: "t1", phase: "ended", isError: true },
    ]);
  });
});

describe("what is seen while a turn runs", () => {
  it("is the text of each message in a stream of its own, and notices apart", async () => {
    const { attempt, ...order } = acpOrder();
    const { child } = await talk({ ...order, attempt });
    child.says("One", "m1");
    child.says("Two", "m2");
    child.says(" and more", "m1");
    child.says("Careful.");
    child.update({ sessionUpdate: "agent_thought_chunk", content: { type: "text", text: "Hm." } });
    expect(["assistant-1", "assistant-2", "notices"].map((stream) => attempt.textOf(stream))).toEqual([
      "One and more",
      "Two",
      "Careful.",
    ]);
  });

  it("is each tool call from its start to its end, whatever told of it first", async () => {
    const order = acpOrder();
    const { child } = await talk(order);
    child.update(tool("t1", { name: "read_file" }));
    child.update(toolUpdate("t1", "in_progress"));
    child.update(
      toolUpdate("t2", "completed", {
        kind: "execute",
        title: "ls",
        content: [{ type: "content", content: { type: "text", text: "a\nb" } }],
      }),
    );
    child.update(toolUpdate("t1", "failed"));
    child.update(toolUpdate("t1", "completed"));
    expect(order.attempt.tools).toEqual([
      { tool: "read_file", phase: "started", call: "t1", summary: "a.txt" },
      { tool: "execute", phase: "started", call: "t2", summary: "ls" },
      { tool: "execute", phase: "ended", call: "t2", isError: false, summary: "a b" },
      { tool: "read_file", phase: "ended", call: "t1", isError: true, summary: "a.txt" },
    ]);
  });

  it("is what the agent asked for and does not get", async () => {
    const order = acpOrder();
    const { child } = await talk(order);
    for (const id of [7, "eight"])
      child.write({ jsonrpc: "2.0", id, method: "fs/read_text_file", params: { sessionId } });
    expect(child.answerTo(7)).toMatchObject({ error: { code: -32601 } });
    expect(child.answerTo("eight")).toMatchObject({ jsonrpc: "2.0", error: { code: -32601 } });
    expect(order.attempt.diagnostics).toMatchObject([{ code: "acp-method-refused", severity: "info" }]);
  });

  it("is what it wrote that makes no sense", async () => {
    const order = acpOrder();
    const { child, ending } = await talk(order);
    child.write({ jsonrpc: "2.0", id: 99, result: {} });
    child.write({ jsonrpc: "2.0", id: null, error: { code: -32700, message: "Parse error" } });
    child.write({ hello: "there" });
    child.update({ sessionUpdate: "agent_message_chunk", content: { type: "image", data: "" } });
    child.write({ jsonrpc: "2.0", method: "_vendor/news", params: {} });
    child.says("Done.");
    child.ends("end_turn");
    expect(await ending).toMatchObject({ type: "succeeded" });
    expect(order.attempt.diagnostics.map(({ message }) => message)).toEqual([
      "The agent wrote an answer to nothing that was asked.",
      "The agent wrote an error of no request: Parse error.",
      "The agent wrote no JSON-RPC message.",
      'A part of what the agent said is not kept: it is of type "image".',
    ]);
  });
});
