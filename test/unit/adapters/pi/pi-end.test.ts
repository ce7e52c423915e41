import { describe, expect, it } from "vitest";
import { limits } from "../../../../src/domain/limits.ts";
import { end, PiTalk, says, settled, start, user } from "../../../support/pi-talk.ts";

const failing = says("", "error", { errorMessage: "500 overloaded" });
const retry = { type: "auto_retry_start", attempt: 1, maxAttempts: 3, delayMs: 2_000 };

describe("the end of an agent in pi", () => {
  it("is `agent_settled`, whatever pi says of its state until then", async () => {
    const talk = await PiTalk.running();
    talk.state = { isStreaming: true };
    await talk.say(says("Done."), end());
    expect(talk.ending).toBeUndefined();
    await talk.say(settled);
    expect(talk.ending).toMatchObject({ type: "succeeded" });
  });

  it("is not an `agent_settled` that comes before any message of the run", async () => {
    const talk = new PiTalk();
    await talk.say();
    await talk.say(start, settled);
    expect(talk.ending).toBeUndefined();
    await talk.say(user("Do it."), says("Done."), end(), settled);
    expect(talk.ending).toMatchObject({ finals: ["Done."] });
  });

  it("is the state of an idle pi where it never says that it has settled", async () => {
    const talk = await PiTalk.running();
    await talk.say(says("Done."), end());
    expect(talk.child.sentOf("get_state")).toHaveLength(2);
    expect(talk.ending).toMatchObject({ finals: ["Done."] });
  });

  it("is asked for again while pi is busy with what it does not tell of", async () => {
    const talk = await PiTalk.running();
    talk.state = { isStreaming: true };
    await talk.say(says("Done."), end());
    await talk.order.clock.advanceBy(limits.agentIdleLookMs);
    expect(talk.ending).toBeUndefined();
    talk.state = { isStreaming: false };
    await talk.order.clock.advanceBy(limits.agentIdleLookMs);
    expect(talk.ending).toMatchObject({ finals: ["Done."] });
    expect(talk.order.clock.armed).toBe(0);
  });

  it("is not asked for as often as an agent says that it has ended", async () => {
    const talk = await PiTalk.running({}, {}, { get_state: () => undefined });
    talk.answer(talk.last("get_state"), { success: true });
    await talk.say();
    await talk.say(start, user("Do it."), says("Done."));
    await talk.say(...Array.from({ length: 1_000 }, () => end()));
    expect(talk.child.sentOf("get_state")).toHaveLength(2);
    // That answer may be about an earlier end, so pi is asked once more.
    talk.answer(talk.last("get_state"), { success: true, data: talk.state });
    await talk.say();
    expect(talk.ending).toBeUndefined();
    expect(talk.child.sentOf("get_state")).toHaveLength(3);
    talk.answer(talk.last("get_state"), { success: true, data: talk.state });
    await talk.say();
    expect(talk.ending).toMatchObject({ type: "succeeded", finals: ["Done."] });
    expect(talk.order.clock.armed).toBe(0);
  });

  it("leaves no timer where the conversation ends while it is asked for again", async () => {
    const talk = await PiTalk.running();
    talk.state = { isStreaming: true };
    await talk.say(says("Done."), end());
    talk.order.attempt.stop.ask({ force: true });
    await talk.say();
    expect(talk.ending).toMatchObject({ type: "succeeded" });
    expect(talk.order.clock.armed).toBe(0);
  });

  it("waits for a retry, also where pi calls itself idle while it sleeps before it", async () => {
    const talk = await PiTalk.running();
    await talk.say(failing, end({ willRetry: true }), retry);
    await talk.order.clock.advanceBy(60_000);
    expect(talk.ending).toBeUndefined();
    await talk.say(start, says("Better."), { type: "auto_retry_end", success: true, attempt: 1 }, end());
    expect(talk.ending).toMatchObject({ type: "succeeded", finals: ["Better."] });
  });

  it("is the end of retries that were called off, without another `agent_end`", async () => {
    const talk = await PiTalk.running();
    await talk.say(failing, end(), retry);
    await talk.say({ type: "auto_retry_end", success: false, attempt: 1, finalError: "Retry cancelled" });
    expect(talk.failure()).toMatchObject({ code: "assistant-error" });
  });

  it("waits for a compaction", async () => {
    const talk = await PiTalk.running();
    await talk.say(says("Done."), end(), { type: "compaction_start", reason: "threshold" });
    await talk.order.clock.advanceBy(60_000);
    expect(talk.ending).toBeUndefined();
    await talk.say({ type: "compaction_end", reason: "threshold", aborted: false, willRetry: false });
    expect(talk.ending).toMatchObject({ finals: ["Done."] });
  });

  it("is not waited for for ever where a compaction promised to go on and nothing came", async () => {
    const talk = await PiTalk.running();
    const compaction = [
      { type: "compaction_start", reason: "threshold" },
      { type: "compaction_end", willRetry: true },
    ];
    await talk.say(says("Done."), end(), ...compaction);
    expect(talk.ending).toBeUndefined();
    await talk.order.clock.advanceBy(limits.agentAckMs + limits.agentIdleLookMs);
    expect(talk.ending).toMatchObject({ finals: ["Done."] });
  });

  it("waits for the answer to the prompt that it came before", async () => {
    const talk = new PiTalk({}, {}, { prompt: () => undefined });
    await talk.say();
    await talk.say(start, user("Do it."), says("Done."), end(), settled);
    expect(talk.ending).toBeUndefined();
    talk.answer(talk.last("prompt"), { success: true });
    await talk.say();
    expect(talk.ending).toMatchObject({ finals: ["Done."] });
  });

  it("counts where pi leaves right after it, and its exit code is kept", async () => {
    const talk = await PiTalk.running({}, {}, {});
    talk.answers["get_state"] = () => undefined;
    await talk.say(says("Done."), end());
    talk.child.leave(7);
    await talk.say();
    expect(talk.ending).toMatchObject({ type: "succeeded", finals: ["Done."] });
    expect(talk.order.attempt.diagnostics).toMatchObject([{ code: "agent-exit" }]);
    expect(talk.order.attempt.diagnostics[0]?.message).toContain("exited with code 7");
  });

  it("is missed by a pi whose output ends and that does not leave", async () => {
    const talk = await PiTalk.running();
    talk.child.stderrTail = "out of memory";
    talk.child.close();
    await talk.say();
    expect(talk.ending).toBeUndefined();
    await talk.order.clock.advanceBy(limits.streamCloseGraceMs);
    expect(talk.failure()).toMatchObject({ code: "agent-exited" });
    expect(talk.failure()?.message).toContain("out of memory");
  });

  it("does not count where what pi wrote could not be read", async () => {
    const talk = await PiTalk.running();
    talk.state = { isStreaming: true };
    await talk.say(says("Done."), end());
    talk.child.close({ type: "broken", code: "rpc-jsonl", message: "too much that is no record" });
    await talk.say();
    expect(talk.ending).toMatchObject({ failure: { code: "rpc-jsonl" }, finals: ["Done."] });
  });
});
