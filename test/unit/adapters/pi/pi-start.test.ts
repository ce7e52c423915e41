import { describe, expect, it } from "vitest";
import { virtualClock } from "../../../../src/adapters/clocks/virtual-clock.ts";
import { PiCommands } from "../../../../src/adapters/executors/pi/pi-commands.ts";
import { limits } from "../../../../src/domain/limits.ts";
import type { Clock } from "../../../../src/ports/clock.ts";
import { FakeRecordChild } from "../../../support/fake-record-child.ts";
import { turn } from "../../../support/pi-order.ts";
import { end, PiTalk, says, settled, start, user } from "../../../support/pi-talk.ts";

describe("the start of a conversation with pi", () => {
  it("asks for the state first, and prompts once there is an answer", async () => {
    const talk = new PiTalk({ task: "The task." }, {}, { get_state: () => undefined });
    await talk.say();
    expect(talk.child.sent.map(({ type }) => type)).toEqual(["get_state"]);
    talk.answer(talk.last("get_state"), { success: true, data: {} });
    await talk.say();
    expect(talk.last("prompt")).toMatchObject({ message: "The task." });
  });

  it("gives pi a window of its own until it answers for the first time", async () => {
    const talk = new PiTalk({}, {}, { get_state: () => undefined });
    await talk.order.clock.advanceBy(limits.agentStartMs - 1);
    expect(talk.ending).toBeUndefined();
    await talk.order.clock.advanceBy(1);
    expect(talk.failure()).toMatchObject({ code: "agent-start-timeout" });
    expect(talk.order.clock.armed).toBe(0);
  });

  it("does not take the time of the start from that of the prompt", async () => {
    const talk = new PiTalk({}, {}, { get_state: () => undefined, prompt: () => undefined });
    await talk.order.clock.advanceBy(limits.agentStartMs - 1);
    talk.answer(talk.last("get_state"), { success: true });
    await talk.order.clock.advanceBy(limits.agentAckMs - 1);
    expect(talk.ending).toBeUndefined();
    await talk.order.clock.advanceBy(1);
    expect(talk.failure()).toMatchObject({ code: "agent-ack-timeout" });
  });

  it("does not mind a late answer to the prompt where the run is heard", async () => {
    const talk = new PiTalk({}, {}, { prompt: () => undefined });
    await talk.say();
    await talk.say(start, user("Do it."));
    await talk.order.clock.advanceBy(limits.agentAckMs);
    expect(talk.ending).toBeUndefined();
    talk.answer(talk.last("prompt"), { success: true });
    await talk.say(says("Done."), end(), settled);
    expect(talk.ending).toMatchObject({ finals: ["Done."] });
    expect(talk.order.attempt.diagnostics).toEqual([]);
  });

  it("hears nothing of what the agent does before the prompt", async () => {
    const talk = new PiTalk({}, {}, { get_state: () => undefined });
    await talk.say(start, user("Hello from an extension."), says("Hello."), end(), settled);
    talk.answer(talk.last("get_state"), { success: true });
    await talk.say();
    await talk.say(start, user("Do it."), says("Done."), end(), settled);
    expect(talk.ending).toMatchObject({ finals: ["Done."] });
  });

  it("fails with pi's reason where the prompt is refused", async () => {
    const talk = new PiTalk({}, {}, { prompt: () => ({ success: false, error: "No model selected" }) });
    await talk.say();
    expect(talk.failure()).toMatchObject({ code: "prompt-refused" });
    expect(talk.failure()?.message).toContain("No model selected");
  });

  it("fails with what pi wrote where it does not start", async () => {
    const talk = new PiTalk({}, {}, { get_state: () => undefined });
    talk.child.stderrTail = 'Unknown provider "nope"';
    talk.child.leave(1);
    await talk.say();
    expect(talk.failure()).toMatchObject({ code: "agent-exited", exitCode: 1 });
    expect(talk.failure()?.message).toContain('Unknown provider "nope"');
  });

  it("ends at once where pi or an extension handles the prompt without the agent", async () => {
    const talk = new PiTalk({}, {}, { prompt: () => ({ success: true, data: { disposition: "handled" } }) });
    await talk.say();
    expect(talk.failure()).toMatchObject({ code: "assistant-final-empty" });
  });

  it("never lets a task be taken for a command of pi", async () => {
    const talk = new PiTalk({ task: "/compact" });
    await talk.say();
    expect(talk.last("prompt")["message"]).toBe("\n/compact");
  });

  it("says where pi uses another model than was asked for, or makes one up", async () => {
    for (const [model, stderr, count] of [
      ["fake/fake-1:high", "", 0],
      ["FAKE-1", "", 0],
      ["other-2", "", 1],
      ["fake-1", 'Warning: Model "fake-1" not found for provider "fake". Using custom model id.', 1],
    ] as const) {
      const talk = new PiTalk({}, { model });
      talk.child.stderrTail = stderr;
      await talk.say();
      expect(talk.order.attempt.diagnostics.map(({ code }) => code)).toEqual(
        Array.from({ length: count }, () => "agent-model"),
      );
    }
  });
});

describe("commands to pi", () => {
  const ask = { windowMs: 1_000 };

  it("finds the answer in the pipe that a blocked thread could not read in time", async () => {
    const child = new FakeRecordChild();
    const virtual = virtualClock();
    // What the system does in one turn of its loop: the timer that is late comes first, then the pipe.
    const clock: Clock = {
      now: () => virtual.now(),
      setTimer: (at, fire) => virtual.setTimer(at, fire),
      turn: async () => commands.hear({ type: "response", id: "cmd-1", success: true }),
    };
    const commands = new PiCommands(child, clock);
    const answer = commands.ask({ type: "get_state" }, ask);
    await turn();
    await virtual.advanceBy(1_000);
    expect(await answer).toEqual({ type: "done", data: {} });
  });

  it("begins the window when the command is in the pipe, and gives the pipe one of its own", async () => {
    const child = new FakeRecordChild();
    const clock = virtualClock();
    const commands = new PiCommands(child, clock);
    let drained!: (isSent: boolean) => void;
    child.write = () => new Promise((resolve) => (drained = resolve));
    const answers: string[] = [];
    void commands.ask({ type: "one" }, ask).then(({ type }) => answers.push(type));
    await clock.advanceBy(999);
    drained(true);
    await clock.advanceBy(999);
    expect(answers).toEqual([]);
    await clock.advanceBy(1);
    expect(answers).toEqual(["unanswered"]);
    void commands.ask({ type: "two" }, ask).then(({ type }) => answers.push(type));
    await clock.advanceBy(1_000);
    expect(answers).toEqual(["unanswered", "unanswered"]);
    void commands.ask({ type: "three" }, ask).then(({ type }) => answers.push(type));
    commands.hear({ type: "response", id: "cmd-3", success: false, error: "no" });
    drained(true);
    await turn();
    expect(answers.at(-1)).toBe("refused");
    void commands.ask({ type: "four" }, ask).then(({ type }) => answers.push(type));
    drained(false);
    await turn();
    expect(answers.at(-1)).toBe("unsent");
    expect(clock.armed).toBe(0);
  });

  it("tells of a late answer, once, and ignores what answers nothing", async () => {
    const clock = virtualClock();
    const commands = new PiCommands(new FakeRecordChild(), clock);
    const heard: string[] = [];
    const answer = commands.ask({ type: "steer" }, { ...ask, heard: ({ type }) => heard.push(type) });
    await turn();
    await clock.advanceBy(1_000);
    expect(await answer).toEqual({ type: "unanswered" });
    const record = { type: "response", id: "cmd-1", success: true };
    for (const one of [record, record, { ...record, id: "nobody" }, { type: "response", success: false }])
      commands.hear(one);
    expect(heard).toEqual(["unanswered", "done"]);
  });

  it("gives an answer without an id to the oldest command of that name", async () => {
    const commands = new PiCommands(new FakeRecordChild(), virtualClock());
    const answers = [commands.ask({ type: "get_state" }), commands.ask({ type: "clear_queue" })];
    commands.hear({ type: "response", command: "parse", success: false, error: "no JSON" });
    commands.hear({ type: "response", command: "clear_queue", success: false, error: "Unknown command: clear_queue" });
    expect(await answers[1]).toMatchObject({ type: "refused" });
    await turn();
    commands.close();
    expect(await answers[0]).toEqual({ type: "cutOff" });
    expect(await commands.ask({ type: "get_state" })).toEqual({ type: "unsent" });
  });
});
