import { describe, expect, it } from "vitest";
import type { PiDialog, PiDialogPolicy } from "../../../../src/adapters/executors/pi/pi-dialogs.ts";
import { messageEnvelope } from "../../../../src/adapters/executors/agents/message-envelope.ts";
import { delta, end, PiTalk, queue, says, settled, start, user } from "../../../support/pi-talk.ts";

const dialog = (method: string, fields: object = {}) => ({
  type: "extension_ui_request",
  id: "d1",
  method,
  title: "Sure?",
  ...fields,
});

describe("a conversation with pi that is told to stop", () => {
  it("empties the queue, aborts, and gives back what was written when pi is idle", async () => {
    const talk = await PiTalk.running();
    await talk.say(says("An answer."), says("").slice(0, 1), delta("and mo"));
    talk.order.attempt.stop.ask();
    await talk.say();
    expect(talk.child.sent.map(({ type }) => type).slice(-2)).toEqual(["clear_queue", "abort"]);
    expect(talk.ending).toBeUndefined();
    await talk.say(says("and mo", "aborted").slice(-1), end());
    talk.answer(talk.last("abort"), { success: true });
    await talk.say();
    expect(talk.ending).toMatchObject({
      type: "failed",
      failure: { kind: "aborted" },
      finals: ["An answer."],
      lastText: "and mo",
    });
  });

  it("is over as soon as pi has settled, before it answers", async () => {
    const talk = await PiTalk.running();
    talk.order.attempt.stop.ask();
    await talk.say(says("so f", "aborted"), end(), settled);
    expect(talk.ending).toMatchObject({ failure: { kind: "aborted" }, lastText: "so f" });
  });

  it("has succeeded where the agent was done before it heard of the request", async () => {
    const talk = await PiTalk.running();
    talk.state = { isStreaming: true };
    await talk.say(says("An answer."), end());
    expect(talk.ending).toBeUndefined();
    talk.order.attempt.stop.ask();
    await talk.say(settled);
    expect(talk.ending).toMatchObject({ type: "succeeded", finals: ["An answer."] });
  });

  it("has not succeeded where another run of the agent was cut off, whatever it had answered before", async () => {
    const talk = await PiTalk.running();
    talk.state = { isStreaming: true };
    await talk.say(says("An answer."), end(), start, user("More."));
    talk.order.attempt.stop.ask();
    talk.child.leave(null, "SIGKILL");
    await talk.say();
    expect(talk.ending).toMatchObject({ failure: { kind: "aborted" }, finals: ["An answer."] });
  });

  it("keeps what was written where pi is ended before it could abort", async () => {
    const talk = await PiTalk.running();
    await talk.say(says("").slice(0, 1), delta("so far"));
    talk.order.attempt.stop.ask();
    await talk.say();
    talk.child.leave(null, "SIGKILL");
    await talk.say();
    expect(talk.ending).toMatchObject({ failure: { kind: "aborted" }, lastText: "so far" });
  });

  it("ends at once where it is forced, also after it was asked", async () => {
    const talk = await PiTalk.running();
    await talk.say(says("").slice(0, 1), delta("so far"));
    talk.order.attempt.stop.ask();
    talk.order.attempt.stop.ask({ force: true, graceMs: 0, cause: "timedOut" });
    await talk.say();
    expect(talk.ending).toMatchObject({ failure: { kind: "timedOut" }, lastText: "so far" });
    expect(talk.failure()?.message).toContain("deadline");
    expect(talk.order.clock.armed).toBe(0);
  });

  it("ends at once before the prompt, and never sends it", async () => {
    const talk = new PiTalk({}, {}, { get_state: () => undefined });
    talk.order.attempt.stop.ask();
    await talk.say();
    expect(talk.failure()).toMatchObject({ kind: "aborted" });
    expect(talk.child.sentOf("prompt")).toEqual([]);
  });

  it("aborts a prompt that was not answered yet", async () => {
    const talk = new PiTalk({}, {}, { prompt: () => undefined, abort: () => ({ success: true }) });
    await talk.say();
    talk.order.attempt.stop.ask();
    await talk.say();
    expect(talk.failure()).toMatchObject({ kind: "aborted" });
    expect(talk.order.attempt.diagnostics).toEqual([]);
  });

  it("takes no more messages", async () => {
    const talk = new PiTalk({}, {}, { prompt: () => undefined });
    const early = talk.message("steer", "mention cats");
    await talk.say();
    talk.order.attempt.stop.ask();
    const late = talk.message("steer", "mention dogs");
    expect([early.said, late.said]).toEqual([
      ["denied: The step is being stopped."],
      ["denied: The step is being stopped."],
    ]);
  });

  it("does not take what leaves the queue because it is emptied for what the agent was given", async () => {
    const talk = await PiTalk.running();
    const [given, queued] = ["mention cats", "mention dogs"] as const;
    const messages = [talk.message("steer", given), talk.message("follow_up", queued)];
    const [first, second] = [messageEnvelope("steer", given), messageEnvelope("follow_up", queued)];
    await talk.say(queue([first], [second]));
    talk.order.attempt.stop.ask();
    // The agent took up the first just before pi read that it must stop.
    await talk.say(queue([], [second]), user(first), queue([], []), says("", "aborted"), end(), settled);
    expect(talk.failure()).toMatchObject({ kind: "aborted" });
    expect(messages.map(({ said }) => said)).toEqual([["accepted", "consumed"], ["accepted"]]);
  });

  it("knows nothing of what pi had taken where it is killed, or breaks off, before it could say more", async () => {
    const forced = await PiTalk.running();
    const taken = forced.message("steer", "mention cats");
    await forced.say();
    forced.order.attempt.stop.ask({ force: true, graceMs: 0 });
    expect(taken.said).toEqual(["accepted", expect.stringMatching(/^unknown: .*by force/)]);
    const denied = await PiTalk.running();
    const queued = denied.message("steer", "mention cats");
    await denied.say();
    await denied.say(dialog("unheard-of"));
    expect(queued.said).toEqual(["accepted", expect.stringMatching(/^unknown: .*broke off/)]);
    const gone = await PiTalk.running();
    const unread = gone.message("steer", "mention cats");
    await gone.say();
    gone.child.leave(1);
    await gone.say();
    expect(gone.failure()).toMatchObject({ code: "agent-exited" });
    expect(unread.said).toEqual(["accepted"]);
  });

  it("knows nothing of a message that was just being written either", async () => {
    const talk = await PiTalk.running({}, {}, { steer: () => undefined });
    const written = talk.message("steer", "mention cats");
    talk.order.attempt.stop.ask({ force: true, graceMs: 0 });
    await talk.say();
    expect(talk.child.sentOf("steer")).toHaveLength(1);
    expect(written.said).toEqual([expect.stringMatching(/^unknown: /)]);
  });

  it("closes the dialogs that are open, and those that come, without which pi would not answer", async () => {
    const talk = await PiTalk.running({}, { dialogs: () => new Promise(() => undefined) });
    await talk.say(dialog("confirm"));
    expect(talk.child.sentOf("extension_ui_response")).toEqual([]);
    talk.order.attempt.stop.ask();
    await talk.say(dialog("input", { id: "d2" }));
    expect(talk.child.sentOf("extension_ui_response")).toEqual([
      { type: "extension_ui_response", id: "d1", cancelled: true },
      { type: "extension_ui_response", id: "d2", cancelled: true },
    ]);
    expect(talk.ending).toBeUndefined();
  });
});

describe("what extensions ask of a user who is not there", () => {
  for (const method of ["notify", "setStatus", "setWidget", "setTitle", "set_editor_text"]) {
    it(`is ignored where it only shows something: ${method}`, async () => {
      const talk = await PiTalk.running();
      await talk.say(dialog(method), says("Done."), end(), settled);
      expect(talk.ending).toMatchObject({ finals: ["Done."] });
      expect(talk.child.sentOf("extension_ui_response")).toEqual([]);
    });
  }

  for (const method of ["select", "confirm", "input", "editor"]) {
    it(`is denied where it waits for an answer, and the step fails: ${method}`, async () => {
      const talk = await PiTalk.running();
      await talk.say(dialog(method));
      expect(talk.child.sentOf("extension_ui_response")).toEqual([
        { type: "extension_ui_response", id: "d1", cancelled: true },
      ]);
      expect(talk.failure()).toMatchObject({ code: "ui-request-denied" });
      expect(talk.failure()?.message).toContain(method);
    });
  }

  it("is denied without an answer where nobody knows it", async () => {
    const talk = await PiTalk.running();
    await talk.say(dialog("hologram"));
    expect(talk.failure()?.message).toContain("hologram");
    expect(talk.child.sentOf("extension_ui_response")).toEqual([]);
  });

  it("is answered by the host's policy, which sees what is asked", async () => {
    const seen: PiDialog[] = [];
    const dialogs: PiDialogPolicy = (asked) => {
      seen.push(asked);
      return Promise.resolve(asked.method === "select" ? { value: "green" } : { cancelled: true });
    };
    const talk = await PiTalk.running({}, { dialogs });
    await talk.say(dialog("select", { options: ["red", "green"] }), dialog("editor", { id: "d2", prefill: "line" }));
    expect(seen).toEqual([
      { step: "step", method: "select", title: "Sure?", options: ["red", "green"] },
      { step: "step", method: "editor", title: "Sure?", prefill: "line" },
    ]);
    expect(talk.child.sentOf("extension_ui_response")).toEqual([
      { type: "extension_ui_response", id: "d1", value: "green" },
      { type: "extension_ui_response", id: "d2", cancelled: true },
    ]);
    expect(talk.ending).toBeUndefined();
  });

  it("is denied where the policy throws, which is told of", async () => {
    const dialogs = (): never => {
      throw new Error("policy is broken");
    };
    const talk = await PiTalk.running({}, { dialogs });
    await talk.say(dialog("confirm"));
    expect(talk.failure()).toMatchObject({ code: "ui-request-denied" });
    expect(talk.order.attempt.diagnostics).toMatchObject([{ code: "agent-dialog-policy", severity: "error" }]);
  });

  it("does not include errors of theirs, which are told of and end nothing", async () => {
    const talk = await PiTalk.running();
    const unheard = [
      { type: "a_type_to_come" },
      { type: "extension_error", extensionPath: "/e.js", event: "x", error: "boom" },
    ];
    await talk.say(...unheard, says("Done."), end(), settled);
    expect(talk.ending).toMatchObject({ finals: ["Done."] });
    expect(talk.order.attempt.diagnostics).toMatchObject([{ code: "agent-extension-error", severity: "warning" }]);
  });
});

describe("the live text of pi", () => {
  it("is put together by block, and whole at the end of each", async () => {
    const talk = await PiTalk.running();
    const blockEnd = { type: "text_end", contentIndex: 1, content: "second block" };
    await talk.say(says("").slice(0, 1), delta("second ", 1), delta("first ", 0), {
      type: "message_update",
      assistantMessageEvent: blockEnd,
    });
    talk.child.leave(1);
    await talk.say();
    expect(talk.ending).toMatchObject({ lastText: "first second block" });
    expect(talk.order.attempt.textOf("assistant-1")).toBe("second first block");
  });

  it("is a stream a message, and begins anew with each", async () => {
    const talk = await PiTalk.running();
    await talk.say(says("one ".repeat(1_000)), says("two ".repeat(1_000)));
    expect(talk.order.attempt.textOf("assistant-1")).toBe("one ".repeat(1_000));
    expect(talk.order.attempt.textOf("assistant-2")).toBe("two ".repeat(1_000));
  });

  it("holds text that was never streamed", async () => {
    const talk = await PiTalk.running();
    await talk.say(says("at once").filter(({ type }) => type !== "message_update"));
    expect(talk.order.attempt.textOf("assistant-1")).toBe("at once");
  });
});
