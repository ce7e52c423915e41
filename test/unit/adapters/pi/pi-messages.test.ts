import { describe, expect, it } from "vitest";
import { messageEnvelope } from "../../../../src/adapters/executors/agents/message-envelope.ts";
import { nudge } from "../../../../src/adapters/executors/pi/pi-carry-on.ts";
import { limits } from "../../../../src/domain/limits.ts";
import { fakeMessage } from "../../../support/pi-order.ts";
import { end, PiTalk, queue, says, settled, start, user } from "../../../support/pi-talk.ts";

const held = () => undefined;
const sheep = messageEnvelope("follow_up", "count sheep");
const cats = messageEnvelope("steer", "mention cats");

describe("messages to pi", () => {
  it("reach it in their envelopes, and are consumed when they leave its queue", async () => {
    const talk = await PiTalk.running();
    const steer = talk.message("steer", "mention cats");
    const followUp = talk.message("follow_up", "count sheep");
    await talk.say(queue([cats], []), queue([cats], [sheep]));
    expect(talk.last("steer")["message"]).toBe(cats);
    expect(talk.last("follow_up")["message"]).toBe(sheep);
    expect([steer.said, followUp.said]).toEqual([["accepted"], ["accepted"]]);
    await talk.say(queue([], [sheep]));
    expect([steer.said, followUp.said]).toEqual([["accepted", "consumed"], ["accepted"]]);
    await talk.say(user(cats), says("Cats."), queue([], []), user(sheep), says("Sheep."), end(), settled);
    expect(followUp.said).toEqual(["accepted", "consumed"]);
    expect(talk.ending).toMatchObject({ finals: ["Cats.", "Sheep."] });
    expect(talk.child.sentOf("prompt")).toHaveLength(1);
  });

  it("are consumed when the agent hears them, where pi tells nothing of its queue", async () => {
    const talk = await PiTalk.running();
    const message = talk.message("steer", "mention cats");
    await talk.say();
    await talk.say(user(cats));
    expect(message.said).toEqual(["accepted", "consumed"]);
  });

  it("of the same text are consumed one after the other", async () => {
    const talk = await PiTalk.running();
    const [one, other] = [talk.message("steer", "mention cats"), talk.message("steer", "mention cats")];
    await talk.say(queue([cats, cats], []));
    await talk.say(queue([cats], []), user(cats));
    expect([one.said, other.said]).toEqual([["accepted", "consumed"], ["accepted"]]);
    await talk.say(queue([], []), user(cats));
    expect(other.said).toEqual(["accepted", "consumed"]);
  });

  it("wait until the prompt was taken", async () => {
    const talk = new PiTalk({}, {}, { prompt: held });
    const message = talk.message("steer", "mention cats");
    await talk.say();
    expect(talk.child.sentOf("steer")).toEqual([]);
    talk.answer(talk.last("prompt"), { success: true });
    await talk.say();
    expect(message.said).toEqual(["accepted"]);
  });

  it("are denied with the reason where the conversation ends before", async () => {
    const talk = new PiTalk({}, {}, { prompt: () => ({ success: false, error: "No model" }) });
    const message = talk.message("steer", "mention cats");
    await talk.say();
    expect(message.said).toEqual(["denied: The agent is done."]);
    expect(talk.message("steer", "too late").said).toEqual(["denied: The agent is done."]);
  });

  it("are denied with pi's reason where it refuses them", async () => {
    const talk = await PiTalk.running({}, {}, { steer: () => ({ success: false, error: "not now" }) });
    const message = talk.message("steer", "mention cats");
    await talk.say();
    expect(message.said).toEqual(["denied: pi refused the message: not now"]);
  });

  it("are unknown while pi does not answer, and accepted when it does so late, without any diagnostic", async () => {
    const talk = await PiTalk.running({}, {}, { steer: held });
    const message = talk.message("steer", "mention cats");
    await talk.order.clock.advanceBy(limits.agentAckMs);
    expect(message.said).toEqual([expect.stringMatching(/^unknown: .*10000 ms/)]);
    talk.answer(talk.last("steer"), { success: true });
    await talk.say();
    expect(message.said[1]).toBe("accepted");
    expect(talk.order.attempt.diagnostics).toEqual([]);
    expect(talk.ending).toBeUndefined();
  });

  it("are unknown where they were written and pi is gone, and denied where they could not be", async () => {
    const talk = await PiTalk.running({}, {}, { steer: held });
    const written = talk.message("steer", "mention cats");
    await talk.say();
    talk.child.write = () => Promise.resolve(false);
    const unwritten = talk.message("steer", "mention dogs");
    await talk.say();
    talk.child.leave(1);
    await talk.say();
    expect(unwritten.said).toEqual([expect.stringMatching(/^denied: .*pi is gone/)]);
    expect(written.said).toEqual([expect.stringMatching(/^unknown: /)]);
  });

  it("that an extension takes for itself are over", async () => {
    const handled = () => ({ success: true, data: { disposition: "handled" } });
    const talk = await PiTalk.running({}, {}, { steer: handled });
    const message = talk.message("steer", "mention cats");
    await talk.say();
    await talk.say(says("Done."), end(), settled);
    expect(message.said).toEqual(["accepted", "consumed"]);
    expect(talk.ending).toMatchObject({ finals: ["Done."] });
  });
});

describe("a message that crosses the end of the agent", () => {
  const ends = [says("First."), end(), settled] as const;

  it("is waited for, and a run that pi begins for it counts", async () => {
    const talk = await PiTalk.running({}, {}, { follow_up: held });
    const message = talk.message("follow_up", "count sheep");
    await talk.say(...ends);
    expect(talk.ending).toBeUndefined();
    talk.answer(talk.last("follow_up"), { success: true });
    await talk.say(start, user(sheep), says("Sheep."), end(), settled);
    expect(message.said).toEqual(["accepted", "consumed"]);
    expect(talk.ending).toMatchObject({ type: "succeeded", finals: ["First.", "Sheep."] });
    expect(talk.child.sentOf("prompt")).toHaveLength(1);
  });

  for (const order of ["before", "after"] as const) {
    it(`is given to the agent as a prompt where pi keeps it: answered ${order} the end`, async () => {
      const talk = await PiTalk.running(
        {},
        {},
        {
          follow_up: held,
          clear_queue: () => ({ success: true, data: { steering: [], followUp: [sheep] } }),
        },
      );
      const message = talk.message("follow_up", "count sheep");
      await talk.say();
      const acknowledge = (): void => talk.answer(talk.last("follow_up"), { success: true });
      talk.state = { isStreaming: false, pendingMessageCount: 1 };
      if (order === "before") acknowledge();
      await talk.say(queue([], [sheep]), ...ends);
      if (order === "after") acknowledge();
      await talk.say();
      await talk.say(queue([], []));
      expect(message.said).toEqual(["accepted"]);
      expect(talk.last("prompt")).toMatchObject({ message: sheep, streamingBehavior: "followUp" });
      await talk.say(start, user(sheep), says("Sheep."), end(), settled);
      expect(message.said).toEqual(["accepted", "consumed"]);
      expect(talk.ending).toMatchObject({ finals: ["First.", "Sheep."] });
      expect(talk.order.clock.armed).toBe(0);
    });
  }

  it("is made to follow a line of its own where pi cannot give it back, and the answer to that line does not count", async () => {
    const talk = await PiTalk.running();
    // As versions before 0.79.7 answer what they do not know.
    talk.answers["clear_queue"] = () => {
      talk.child.say({
        type: "response",
        command: "clear_queue",
        success: false,
        error: "Unknown command: clear_queue",
      });
      return undefined;
    };
    talk.state = { isStreaming: false, pendingMessageCount: 1 };
    const message = talk.message("follow_up", "count sheep");
    await talk.say(says("First."), end());
    await talk.say();
    expect(talk.last("prompt")["message"]).toBe(nudge);
    await talk.say(start, user(nudge), says("Ready."), queue([], []), user(sheep), says("Sheep."));
    talk.state = { isStreaming: false, pendingMessageCount: 0 };
    await talk.say(end());
    expect(message.said).toEqual(["accepted", "consumed"]);
    expect(talk.ending).toMatchObject({ finals: ["First.", "Sheep."] });
  });

  it("is told of where it could not be handled, and the answers that were given count", async () => {
    const talk = await PiTalk.running({}, {}, { clear_queue: () => ({ success: true, data: {} }) });
    talk.message("follow_up", "count sheep");
    await talk.say();
    talk.state = { isStreaming: false, pendingMessageCount: 1 };
    talk.answers["prompt"] = () => ({ success: false, error: "out of credit" });
    await talk.say(...ends);
    await talk.say();
    expect(talk.ending).toMatchObject({ type: "succeeded", finals: ["First."] });
    expect(talk.order.attempt.diagnostics).toMatchObject([{ code: "agent-message-unread" }]);
    expect(talk.order.attempt.diagnostics[0]?.message).toContain("out of credit");
  });

  it("ends the conversation where pi refuses it, and where it does not answer in time", async () => {
    const refusing = await PiTalk.running({}, {}, { follow_up: held });
    const refused = refusing.message("follow_up", "count sheep");
    await refusing.say(...ends);
    refusing.answer(refusing.last("follow_up"), { success: false, error: "shutting down" });
    await refusing.say();
    expect(refusing.ending).toMatchObject({ finals: ["First."] });
    expect(refused.said).toEqual([expect.stringContaining("shutting down")]);
    const silent = await PiTalk.running({}, {}, { follow_up: held });
    const unknown = silent.message("follow_up", "count sheep");
    await silent.say(...ends);
    await silent.order.clock.advanceBy(limits.agentAckMs);
    expect(silent.ending).toMatchObject({ finals: ["First."] });
    expect(unknown.said).toEqual([expect.stringMatching(/^unknown: /)]);
  });

  it("is not given to the agent twice where its queue turns out to be empty", async () => {
    const talk = await PiTalk.running();
    talk.message("follow_up", "count sheep");
    await talk.say();
    talk.state = { isStreaming: false, pendingMessageCount: 0 };
    await talk.say(...ends);
    await talk.say();
    expect(talk.child.sentOf("prompt")).toHaveLength(1);
    expect(talk.ending).toMatchObject({ finals: ["First."] });
  });

  it("is denied once the outcome is known", async () => {
    const talk = await PiTalk.running();
    await talk.say(...ends);
    const late = fakeMessage("follow_up", "count sheep");
    talk.order.attempt.listener?.(late);
    expect(late.said).toEqual(["denied: The agent is done."]);
  });
});
