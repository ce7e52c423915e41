import { describe, expect, it } from "vitest";
import { acpProgram } from "../../../../src/adapters/executors/acp/acp-program.ts";
import { limits } from "../../../../src/domain/limits.ts";
import { acpOrder, readOnlyProfile } from "../../../support/acp/acp-order.ts";
import { PlayedAgent, sessionId, talk } from "../../../support/acp/played-agent.ts";

describe("the start of a conversation", () => {
  it("offers no files or terminals, opens a session where the step works, and gives the task", async () => {
    const { child } = await talk(acpOrder({ cwd: "/workspace/sub", task: "Look around." }));
    expect(child.sent).toEqual([
      {
        jsonrpc: "2.0",
        id: 1,
        method: "initialize",
        params: {
          protocolVersion: 1,
          clientCapabilities: { fs: { readTextFile: false, writeTextFile: false }, terminal: false },
          clientInfo: { name: "runfold", version: expect.any(String) },
        },
      },
      { jsonrpc: "2.0", id: 2, method: "session/new", params: { cwd: "/workspace/sub", mcpServers: [] } },
      {
        jsonrpc: "2.0",
        id: 3,
        method: "session/prompt",
        params: { sessionId, prompt: [{ type: "text", text: "Look around." }] },
      },
    ]);
  });

  it("puts the system prompt first, in a fence that it cannot close", async () => {
    const systemPrompt = "You are a reviewer.\n~~~~~~\nNot the end.";
    const { child } = await talk(acpOrder({ systemPrompt }));
    const fenced = expect.stringContaining(`\n~~~~~~~\n${systemPrompt}\n~~~~~~~\n`);
    expect(child.lastSent("session/prompt")).toMatchObject({
      params: {
        prompt: [
          { type: "text", text: fenced },
          { type: "text", text: "Say hello." },
        ],
      },
    });
  });

  it("authenticates between the two where it is told how", async () => {
    const { child } = await talk(acpOrder(), { authenticate: "key" });
    expect(child.sent.map(({ method }) => method)).toEqual([
      "initialize",
      "authenticate",
      "session/new",
      "session/prompt",
    ]);
    expect(child.lastSent("authenticate")).toMatchObject({ params: { methodId: "key" } });
  });

  it.each(["initialize", "session/new"])("is given up where %s is not answered in time", async (method) => {
    const order = acpOrder();
    const agent = new PlayedAgent();
    delete agent.answers[method];
    const { ended, ending } = await talk(order, {}, agent);
    await order.clock.advanceBy(limits.agentStartMs - 1);
    expect(await ended()).toBe("talking");
    await order.clock.advanceBy(1);
    expect(await ending).toMatchObject({ type: "failed", failure: { kind: "agent", code: "agent-start-timeout" } });
    expect(order.clock.armed).toBe(0);
  });

  it("leaves the agent all the time of the step once it has its task", async () => {
    const order = acpOrder();
    const { ended } = await talk(order);
    await order.clock.advanceBy(100 * limits.agentStartMs);
    expect(await ended()).toBe("talking");
    expect(order.clock.armed).toBe(0);
  });

  it("fails for good with an agent of another version", async () => {
    const agent = new PlayedAgent();
    agent.answers["initialize"] = { result: { protocolVersion: 2 } };
    const { ending } = await talk(acpOrder(), {}, agent);
    expect(await ending).toMatchObject({ type: "failed", failure: { code: "acp-protocol-version", final: true } });
    expect(agent.countOf("session/new")).toBe(0);
  });

  it("says how one could authenticate", async () => {
    const agent = new PlayedAgent();
    agent.answers["initialize"] = {
      result: { protocolVersion: 1, authMethods: [{ id: "oauth" }, { id: "api-key" }] },
    };
    agent.answers["session/new"] = { error: { code: -32000, message: "Authentication required" } };
    const { ending } = await talk(acpOrder(), {}, agent);
    expect(await ending).toMatchObject({
      failure: {
        code: "acp-authentication",
        final: true,
        message: expect.stringContaining(
          'Authentication required (-32000) Ways to authenticate that it offers: "oauth", "api-key".',
        ),
      },
    });
  });

  it("tells of any other error with its message, and may be tried again", async () => {
    const agent = new PlayedAgent();
    agent.answers["session/new"] = { error: { code: -32603, message: "disk full" } };
    const { ending } = await talk(acpOrder(), {}, agent);
    const failure = {
      kind: "agent",
      code: "acp-error",
      message: expect.stringContaining("session/new with an error: disk full"),
    };
    expect(await ending).toEqual({ type: "failed", failure, finals: [], lastText: "" });
  });
});

describe("the settings of a session", () => {
  const options = [
    {
      id: "m",
      category: "model",
      type: "select",
      currentValue: "small",
      options: [{ value: "small" }, { value: "large" }],
    },
    {
      id: "effort",
      category: "thought_level",
      currentValue: "low",
      options: [{ group: "all", options: [{ value: "high" }] }],
    },
  ];
  const modes = { currentModeId: "ask", availableModes: [{ id: "ask" }, { id: "code" }] };
  const models = { currentModelId: "m-1", availableModels: [{ modelId: "m-1" }, { modelId: "m-2" }] };

  it.each([
    [
      "an option",
      { configOptions: options },
      { model: "large" },
      {},
      ["session/set_config_option", { configId: "m", value: "large" }],
    ],
    [
      "a grouped option",
      { configOptions: options },
      { thinking: "high" },
      {},
      ["session/set_config_option", { configId: "effort", value: "high" }],
    ],
    ["a mode", { modes }, {}, { mode: "code" }, ["session/set_mode", { modeId: "code" }]],
    ["a model of a list", { models }, { model: "m-2" }, {}, ["session/set_model", { modelId: "m-2" }]],
  ] as const)("are set by %s", async (_, session, profile, program, [method, params]) => {
    const agent = new PlayedAgent();
    agent.answers["session/new"] = { result: { sessionId, ...session } };
    await talk(acpOrder({ profile: { ...readOnlyProfile, ...profile } }), program, agent);
    expect(agent.lastSent(method)).toMatchObject({ params: { sessionId, ...params } });
    expect(agent.countOf("session/prompt")).toBe(1);
  });

  it("are left where they are right already", async () => {
    const agent = new PlayedAgent();
    agent.answers["session/new"] = { result: { sessionId, configOptions: options, modes } };
    const order = acpOrder({ profile: { ...readOnlyProfile, model: "small" } });
    await talk(order, { mode: "ask" }, agent);
    expect(agent.sent.map(({ method }) => method)).toEqual(["initialize", "session/new", "session/prompt"]);
    expect(order.attempt.diagnostics).toEqual([]);
  });

  it("that are not offered are told of, and the agent goes on", async () => {
    const order = acpOrder({ profile: { ...readOnlyProfile, model: "gone" } });
    const { child } = await talk(order, { mode: "code" });
    expect(order.attempt.diagnostics).toMatchObject([
      { code: "acp-not-offered", severity: "warning", message: expect.stringContaining('the mode "code"') },
      { code: "acp-not-offered", severity: "warning", message: expect.stringContaining('the model "gone"') },
    ]);
    expect(child.countOf("session/prompt")).toBe(1);
  });

  it("that the agent refuses fail the step", async () => {
    const agent = new PlayedAgent();
    agent.answers["session/new"] = { result: { sessionId, modes } };
    agent.answers["session/set_mode"] = { error: { code: -32602, message: "no" } };
    const { ending } = await talk(acpOrder(), { mode: "code" }, agent);
    expect(await ending).toMatchObject({
      type: "failed",
      failure: { message: expect.stringContaining("session/set_mode") },
    });
  });
});

describe("what a step must say", () => {
  const agent = { kind: "acp", task: "t" };

  it("is a command, unless the host gave one", () => {
    expect(acpProgram().refuses?.(agent)).toContain("needs a command");
    expect(acpProgram().refuses?.({ ...agent, command: [] })).toContain("needs a command");
    expect(acpProgram().refuses?.({ ...agent, command: ["gemini", "--acp"] })).toBeUndefined();
    const gemini = acpProgram({ kind: "gemini", command: ["gemini", "--acp"] });
    expect(gemini.kind).toBe("gemini");
    expect(gemini.refuses?.(agent)).toBeUndefined();
    expect(gemini.refuses?.({ ...agent, command: ["other"] })).toContain('leave "command" out');
  });
});
