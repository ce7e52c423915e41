import { describe, expect, it } from "vitest";
import { limits } from "../../../../src/domain/limits.ts";
import { delta, end, PiTalk, says, settled, start, toolResult, user } from "../../../support/pi-talk.ts";

const tool = (terminate: boolean, text = "the result") => ({
  type: "tool_execution_end",
  toolCallId: "1",
  toolName: "answer",
  result: { content: [{ type: "text", text }], ...(terminate ? { terminate } : {}) },
  isError: false,
});

describe("the outcome of a conversation with pi", () => {
  it("is every final answer, in order, and none of what came with tool calls", async () => {
    const talk = await PiTalk.running();
    await talk.say(says("Let me look.", "toolUse"), toolResult("found"), says("First."), user("more"), says("Second."));
    await talk.say(end());
    expect(talk.ending).toMatchObject({ type: "succeeded", finals: ["First.", "Second."] });
  });

  it("is a failure without an answer where all answers are blank", async () => {
    const talk = await PiTalk.running();
    await talk.say(says(" \n"), end());
    expect(talk.ending).toMatchObject({ failure: { code: "assistant-final-empty" }, finals: [], lastText: "" });
  });

  it("keeps text that was streamed and never became an answer", async () => {
    const talk = await PiTalk.running();
    await talk.say(says("").slice(0, 1), delta("half of "), delta("an answer"));
    talk.child.leave(null, "SIGKILL");
    await talk.say();
    expect(talk.ending).toMatchObject({
      failure: { kind: "agent", code: "agent-exited", signal: "SIGKILL" },
      lastText: "half of an answer",
    });
    expect(talk.failure()?.message).toContain("agent_end");
  });

  for (const [reason, code, kind] of [
    ["length", "assistant-stop", "truncated"],
    ["toolUse", "assistant-stop", "agent"],
    ["aborted", "assistant-stop", "agent"],
    ["error", "assistant-error", "agent"],
    ["deferred", "assistant-stop", "agent"],
  ] as const) {
    it(`is a failure that says why, and keeps the text, where the run ends with ${reason}`, async () => {
      const talk = await PiTalk.running();
      await talk.say(says("so far", reason), end());
      expect(talk.ending).toMatchObject({ failure: { code, kind }, finals: [], lastText: "so far" });
      expect(talk.failure()?.message).toContain(reason.toLowerCase());
    });

    it(`takes ${reason} from the run itself, or from the messages that it lists`, async () => {
      for (const fields of [
        { stopReason: reason },
        { messages: [{ role: "assistant", stopReason: reason }, { role: "user" }] },
      ]) {
        const talk = await PiTalk.running();
        await talk.say(says("so far", "stop"), end(fields));
        expect(talk.ending).toMatchObject({ failure: { code, kind }, finals: ["so far"] });
      }
    });
  }

  it("lets the last message that was cut off outrank a run that says that it ended well", async () => {
    const talk = await PiTalk.running();
    await talk.say(says("An answer."), user("more"), says("cut o", "length"), end({ stopReason: "stop" }));
    expect(talk.ending).toMatchObject({ failure: { kind: "truncated" }, finals: ["An answer."], lastText: "cut o" });
  });

  it("remembers how the last assistant message ended when users and tools speak after it", async () => {
    const talk = await PiTalk.running();
    await talk.say(says("cut o", "length"), toolResult("done"), user("and?"), end());
    expect(talk.failure()).toMatchObject({ kind: "truncated" });
  });

  it("takes an error without a stop reason for an error, and not one that an answer merely speaks of", async () => {
    const failing = await PiTalk.running();
    await failing.say(says("An answer."), end({ errorMessage: "provider is down" }));
    expect(failing.failure()).toMatchObject({ code: "assistant-error" });
    expect(failing.failure()?.message).toContain("provider is down");
    const speaking = await PiTalk.running();
    await speaking.say(says("The log says: prompt is too long."), end());
    expect(speaking.ending).toMatchObject({ type: "succeeded" });
  });

  it("is the text of tools that end the run", async () => {
    const talk = await PiTalk.running();
    await talk.say(says("", "toolUse"), tool(true), toolResult("the result"), end(), settled);
    expect(talk.ending).toMatchObject({ type: "succeeded", finals: ["the result"] });
    const mixed = await PiTalk.running();
    await mixed.say(says("", "toolUse"), tool(true), tool(false), end(), settled);
    expect(mixed.failure()).toMatchObject({ code: "assistant-stop" });
  });

  it("counts what all messages took, those of failed tries included", async () => {
    const usage = (input: number, output: number) => ({
      usage: { input, output, cacheRead: 1, cacheWrite: 2, cost: { total: 0.5 } },
      model: `model-${input}`,
    });
    const talk = await PiTalk.running();
    await talk.say(
      says("", "error", { errorMessage: "500", ...usage(10, 0) }),
      says("ok", "stop", usage(20, 5)),
      end(),
    );
    expect(talk.ending?.usage).toEqual({
      inputTokens: 30,
      outputTokens: 5,
      cacheReadTokens: 2,
      cacheWriteTokens: 4,
      costUsd: 1,
      turns: 2,
      model: "model-20",
    });
  });
});

describe("an agent that writes too much", () => {
  const large = "x".repeat(limits.agentOutputBytesMax);

  it("fails on a text of one byte more than the limit, as it is written", async () => {
    const talk = await PiTalk.running();
    await talk.say(says("").slice(0, 1), delta(large));
    expect(talk.ending).toBeUndefined();
    await talk.say(delta("y"));
    expect(talk.failure()).toMatchObject({ code: "step-output-budget-exceeded" });
    expect(talk.order.clock.armed).toBe(0);
  });

  it("counts bytes, not characters", async () => {
    const talk = await PiTalk.running();
    await talk.say(says("").slice(0, 1), delta("ä".repeat(limits.agentOutputBytesMax / 2)), delta("y"));
    expect(talk.failure()).toMatchObject({ code: "step-output-budget-exceeded" });
  });

  it("fails on final answers that are too much together, or too many", async () => {
    const together = await PiTalk.running();
    await together.say(says(large.slice(1)), user("more"), says("12"));
    expect(together.ending).toMatchObject({ failure: { code: "step-output-budget-exceeded" } });
    const many = await PiTalk.running();
    for (let index = 0; index < limits.agentFinalsMax; index++) await many.say(says(`answer ${index}`));
    expect(many.ending).toBeUndefined();
    await many.say(says("one more"));
    expect(many.ending).toMatchObject({ failure: { code: "step-output-budget-exceeded" }, lastText: "one more" });
  });

  it("does not count what is no final answer", async () => {
    const talk = await PiTalk.running();
    for (let index = 0; index < 3; index++) await talk.say(says(large.slice(10), "toolUse"), toolResult(""));
    await talk.say(says("Done."), end(), settled);
    expect(talk.ending).toMatchObject({ type: "succeeded", finals: ["Done."] });
  });
});

describe("a context that was too long", () => {
  const overflow = { errorMessage: "400: prompt is too long: 9 tokens > 8 maximum" };

  it("is forgotten with all that was said before, once a fresh answer comes", async () => {
    const talk = await PiTalk.running();
    talk.state = { ...talk.state, isCompacting: true };
    const compacting = { type: "compaction_start", reason: "overflow" };
    await talk.say(says("Stale."), user("more"), says("stale, too", "error", overflow), end(), compacting);
    talk.state = { ...talk.state, isCompacting: false };
    await talk.say({ type: "compaction_end", reason: "overflow", willRetry: true });
    await talk.say(start, says("Fresh."), end(), settled);
    expect(talk.ending).toMatchObject({ type: "succeeded", finals: ["Fresh."] });
  });

  for (const [how, records] of Object.entries({
    "the run ends": [says("", "error", overflow), end({ stopReason: "stop" })],
    "the run alone says so": [end(overflow)],
    "the messages of the run alone say so": [
      end({ messages: [{ role: "assistant", stopReason: "error", ...overflow }] }),
    ],
    "no second compaction is tried": [
      says("", "error", overflow),
      end(),
      { type: "compaction_end", reason: "overflow", willRetry: false, errorMessage: "recovery failed" },
    ],
  })) {
    it(`fails by its name where no fresh answer comes: ${how}`, async () => {
      const talk = await PiTalk.running();
      await talk.say(says("Stale."), ...records);
      expect(talk.ending).toMatchObject({
        failure: { code: "context-overflow-unrecovered" },
        finals: [],
        lastText: "",
      });
      expect(talk.failure()?.message).toContain("prompt is too long");
    });
  }

  it("is what pi takes for one, however the provider says it", async () => {
    const talk = await PiTalk.running();
    const error = says("", "error", { errorMessage: "that is rather a lot" });
    talk.state = { isStreaming: true };
    await talk.say(says("Stale."), error, end(), { type: "compaction_start", reason: "overflow" });
    await talk.say({ type: "compaction_end", willRetry: true }, start, says("Fresh."), end(), settled);
    expect(talk.ending).toMatchObject({ type: "succeeded", finals: ["Fresh."] });
  });

  it("fails by its name where pi leaves before it has recovered", async () => {
    const talk = await PiTalk.running();
    talk.state = { isStreaming: true };
    await talk.say(says("Stale."), says("", "error", overflow), end(), {
      type: "compaction_start",
      reason: "overflow",
    });
    talk.child.leave(1);
    await talk.say();
    expect(talk.ending).toMatchObject({ failure: { code: "context-overflow-unrecovered" }, finals: [] });
  });

  it("is not seen in an error about the rate of requests", async () => {
    const talk = await PiTalk.running();
    await talk.say(says("", "error", { errorMessage: "ThrottlingException: Too many tokens, please wait" }), end());
    expect(talk.failure()).toMatchObject({ code: "assistant-error" });
  });
});
