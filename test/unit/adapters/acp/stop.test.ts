import { describe, expect, it } from "vitest";
import { limits } from "../../../../src/domain/limits.ts";
import { acpOrder } from "../../../support/acp/acp-order.ts";
import { PlayedAgent, sessionId, talk } from "../../../support/acp/played-agent.ts";

describe("a stopped conversation", () => {
  it("cancels the turn once and waits for the agent to confirm it, with what there is of text", async () => {
    const order = acpOrder();
    const { child, ended, ending } = await talk(order);
    child.says("So far");
    order.attempt.stop.ask();
    order.attempt.stop.ask({ graceMs: 10 });
    expect(child.sent.filter(({ method }) => method === "session/cancel")).toEqual([
      { jsonrpc: "2.0", method: "session/cancel", params: { sessionId } },
    ]);
    expect(await ended()).toBe("talking");
    child.says(", so good");
    child.ends("cancelled", { usage: { inputTokens: 3, outputTokens: 1 } });
    expect(await ending).toEqual({
      type: "failed",
      failure: { kind: "aborted", message: "The agent was told to stop (canceled)." },
      finals: [],
      lastText: "So far, so good",
      usage: { inputTokens: 3, outputTokens: 1 },
    });
  });

  it("answers what the agent asks, before and after, with cancelled", async () => {
    const order = acpOrder();
    const { child, settle } = await talk(order, { permissions: () => new Promise(() => undefined) });
    child.asksPermission(1, { toolCallId: "t1", kind: "execute", title: "ls" });
    await settle();
    expect(child.answerTo(1)).toBeUndefined();
    order.attempt.stop.ask();
    child.asksPermission("two", { toolCallId: "t2", kind: "execute", title: "ls" });
    await settle();
    for (const id of [1, "two"]) {
      expect(child.answerTo(id)).toEqual({ jsonrpc: "2.0", id, result: { outcome: { outcome: "cancelled" } } });
    }
  });

  it.each<[string, (agent: PlayedAgent) => void]>([
    ["runs out of tokens", (agent) => agent.ends("max_tokens")],
    ["answers with an error", (agent) => agent.answersPrompt({ error: { code: 1, message: "aborted" } })],
    ["is ended", (agent) => agent.end({ code: null, signal: "SIGTERM" })],
    ["closes its output", (agent) => agent.end()],
  ])("is aborted also where the agent %s", async (_, play) => {
    const order = acpOrder();
    const { child, ending } = await talk(order);
    child.says("So far");
    order.attempt.stop.ask();
    play(child);
    expect(await ending).toMatchObject({ type: "failed", failure: { kind: "aborted" }, lastText: "So far" });
    expect(order.clock.armed).toBe(0);
  });

  it("counts as done where the agent had its answer before it heard of the stop", async () => {
    const order = acpOrder();
    const { child, ending } = await talk(order);
    child.says("All of it.");
    order.attempt.stop.ask();
    child.ends("end_turn");
    expect(await ending).toEqual({ type: "succeeded", finals: ["All of it."] });
  });

  it("is over at once where no time is given, and where there is no task yet", async () => {
    const forced = acpOrder();
    const { ending } = await talk(forced);
    forced.attempt.stop.ask({ cause: "timedOut" });
    forced.attempt.stop.ask({ cause: "timedOut", force: true, graceMs: 0 });
    expect(await ending).toMatchObject({ type: "failed", failure: { kind: "timedOut" } });

    const early = acpOrder();
    const agent = new PlayedAgent();
    delete agent.answers["session/new"];
    const starting = await talk(early, {}, agent);
    early.attempt.stop.ask();
    expect(await starting.ending).toMatchObject({ type: "failed", failure: { kind: "aborted" } });
    expect(agent.countOf("session/cancel")).toBe(0);

    const before = acpOrder();
    before.attempt.stop.ask();
    const never = await talk(before);
    expect(await never.ending).toMatchObject({ type: "failed", failure: { kind: "aborted" } });
    expect(never.child.sent).toEqual([]);
  });
});

describe("an agent that is gone", () => {
  it("fails the step with its exit code and its last words", async () => {
    const { child, ending } = await talk(acpOrder());
    child.says("So far");
    child.stderrTail = "out of memory\n";
    child.end({ code: 3, signal: null });
    expect(await ending).toEqual({
      type: "failed",
      failure: {
        kind: "agent",
        code: "agent-exited",
        message: "The agent's program exited with code 3 before it had answered session/prompt.\nout of memory",
        exitCode: 3,
      },
      finals: [],
      lastText: "So far",
    });
  });

  it("has some time to end after its output did", async () => {
    const order = acpOrder();
    const { child, ended, ending } = await talk(order);
    child.end();
    await order.clock.advanceBy(limits.streamCloseGraceMs - 1);
    expect(await ended()).toBe("talking");
    await order.clock.advanceBy(1);
    expect(await ending).toMatchObject({
      failure: { code: "agent-exited", message: expect.stringContaining("closed its") },
    });
  });

  it("fails the step where it does not take what it is sent", async () => {
    const order = acpOrder();
    const agent = new PlayedAgent();
    agent.isWritable = false;
    const { ending } = await talk(order, {}, agent);
    await order.clock.advanceBy(limits.streamCloseGraceMs);
    expect(await ending).toMatchObject({ type: "failed", failure: { code: "agent-exited" } });
  });

  it("fails the step where it cannot be understood", async () => {
    const { child, ending } = await talk(acpOrder());
    child.end({ code: 0, signal: null }, { type: "broken", code: "rpc-jsonl", message: "no JSON" });
    expect(await ending).toMatchObject({ failure: { code: "rpc-jsonl", message: expect.stringContaining("no JSON") } });
  });
});
