import { describe, expect, it } from "vitest";
import type { Event, MessageEvent } from "../../../src/domain/events.ts";
import type { Input, MessageOutcome } from "../../../src/domain/inputs.ts";
import { limits } from "../../../src/domain/limits.ts";
import { decide } from "../../../src/machines/decide.ts";
import { initialState } from "../../../src/machines/run-state.ts";
import { givenRun, stepOf } from "../../support/given-run.ts";
import type { GivenRun } from "../../support/given-run.ts";

function say(step: string, text = "Hurry.", key?: string): Extract<Input, { type: "message.send" }> {
  return { type: "message.send", step, channel: "steer", text, ...(key === undefined ? {} : { key }) };
}

function report(
  run: GivenRun,
  message: number,
  outcome: MessageOutcome,
  step = "a",
  attempt = run.attemptOf(step),
): Input {
  return { type: "message.report", step, attempt, message, outcome, reason: "So it is." };
}

/** Each event as its type, the message it is about, and the attempt; of others the type and the step. */
function told(events: readonly Event[]): string[] {
  return events.map((event) => {
    if (!event.type.startsWith("message.")) return "step" in event ? `${event.type} ${event.step}` : event.type;
    const { message, attempt } = event as MessageEvent;
    return `${event.type} ${message} to ${attempt}`;
  });
}

function reasonIn(events: readonly Event[]): string {
  const [event] = events;
  return event?.type === "message.denied" || event?.type === "message.unknown" ? event.reason : "";
}

const retry = { attempts: 3, backoffSeconds: 1 };

describe("a message is sent", () => {
  it("to the attempt that is running, with a number of its own", () => {
    const run = givenRun([stepOf("a"), stepOf("b")]);
    expect(run.when(say("a", "One.", "k"))).toEqual([
      { type: "message.sent", message: 1, step: "a", attempt: 1, channel: "steer", text: "One.", key: "k" },
    ]);
    expect(told(run.when(say("b")))).toEqual(["message.sent 2 to 1"]);
    expect(told(run.when(say("a")))).toEqual(["message.sent 3 to 1"]);
  });

  it("and answered: taken, then given", () => {
    const run = givenRun([stepOf("a")]);
    run.when(say("a"));
    expect(told(run.when(report(run, 1, "accepted")))).toEqual(["message.accepted 1 to 1"]);
    expect(run.refusal(report(run, 1, "accepted"))).toBe("repeated");
    expect(told(run.when(report(run, 1, "consumed")))).toEqual(["message.consumed 1 to 1"]);
    expect(run.refusal(report(run, 1, "denied"))).toBe("stale");
  });

  it("and an answer that comes after nobody could tell still counts", () => {
    const run = givenRun([stepOf("a")]);
    run.when(say("a"));
    run.when(report(run, 1, "unknown"));
    expect(run.refusal(report(run, 1, "unknown"))).toBe("repeated");
    expect(told(run.when(report(run, 1, "accepted")))).toEqual(["message.accepted 1 to 1"]);
  });

  it("to nobody that the graph does not have, and to no run that has ended", () => {
    const run = givenRun([stepOf("a")]);
    expect(run.refusal(say("stranger"))).toBe("unknownStep");
    run.when(say("a"));
    run.succeed("a");
    expect(run.refusal(say("a"))).toBe("ended");
    expect(run.refusal(report(run, 1, "consumed"))).toBe("ended");
  });
});

describe("a message is denied before it is sent", () => {
  it.each<[string, (run: GivenRun) => void, string]>([
    ["is not running yet", () => undefined, "not running yet"],
    ["waits for a retry", (run) => [run.succeed("a"), run.fail("b")], "waits for its next attempt"],
    ["is being stopped", (run) => [run.succeed("a"), run.timeOut("b")], "being stopped"],
    ["is being canceled", (run) => [run.succeed("a"), run.cancel()], "being stopped"],
    ["has ended", (run) => [run.succeed("a"), run.succeed("b")], "has ended"],
    ["is blocked", (run) => run.fail("a", { final: true }), "has ended"],
  ])("where its step %s, and its key stays free", (_how, before, why) => {
    const run = givenRun([stepOf("a"), stepOf("b", { needs: ["a"], retry }), stepOf("other")]);
    before(run);
    const events = run.when(say("b", "Hello.", "k"));
    expect(events).toMatchObject([{ type: "message.denied", message: 1, key: "k", attempt: run.attemptOf("b") }]);
    expect(reasonIn(events)).toContain(why);
    expect(told(run.when(say("b", "Something else.", "k")))).toEqual([`message.denied 2 to ${run.attemptOf("b")}`]);
  });

  it("and the same key is sent once its step runs", () => {
    const run = givenRun([stepOf("a"), stepOf("b", { needs: ["a"] })]);
    run.when(say("b", "Hello.", "k"));
    run.succeed("a");
    expect(told(run.when(say("b", "Hello.", "k")))).toEqual(["message.sent 2 to 1"]);
    expect(run.refusal(say("b", "Hello.", "k"))).toBe("repeated");
  });

  it("when its attempt has been sent as many as it takes, with the figures; the next attempt takes as many again", () => {
    const run = givenRun([stepOf("a", { retry: { attempts: 2 } })]);
    for (let number = 0; number < limits.messagesPerAttemptMax; number++) run.when(say("a"));
    const denied = run.when(say("a", "One too many.", "k"));
    expect(reasonIn(denied)).toBe("The budget is used up: this attempt was sent 16 messages, and takes 16.");
    run.fail("a");
    expect(told(run.when(say("a", "One too many.", "k")))).toEqual(["message.sent 18 to 2"]);
  });

  it("when its characters would be too many; those that were denied do not count", () => {
    const run = givenRun([stepOf("a")]);
    run.when(say("a", "x".repeat(40_000)));
    expect(reasonIn(run.when(say("a", "x".repeat(30_000))))).toBe(
      "The budget is used up: 40000 characters were sent to this attempt, 30000 more would pass 65536.",
    );
    expect(told(run.when(say("a", "x".repeat(25_536))))).toEqual(["message.sent 3 to 1"]);
  });

  it("when it is longer than any message may be, which uses up nothing", () => {
    const run = givenRun([stepOf("a")]);
    const length = limits.textCharsMax + 1;
    expect(reasonIn(run.when(say("a", "x".repeat(length))))).toBe(
      `It has ${length} characters, and a message has at most ${limits.textCharsMax}.`,
    );
    for (let number = 0; number < limits.messagesPerAttemptMax; number++) {
      expect(told(run.when(say("a")))).toEqual([`message.sent ${number + 2} to 1`]);
    }
  });

  it("a run records so many and no more, the denied ones included", () => {
    const state = initialState();
    decide(state, givenRun([stepOf("a"), stepOf("b", { needs: ["a"] })]).startInput(), 0);
    for (let number = 0; number < limits.messagesPerRunMax; number++) decide(state, say("b"), 1);
    expect(state.messages.last).toBe(limits.messagesPerRunMax);
    expect(decide(state, say("a"), 1)).toMatchObject({ refused: "limited" });
    expect(decide(state, say("b"), 1)).toMatchObject({ refused: "limited" });
  });
});

describe("a key", () => {
  it("counts for its step alone", () => {
    const run = givenRun([stepOf("a"), stepOf("b")]);
    run.when(say("a", "One.", "k"));
    expect(told(run.when(say("b", "Another.", "k")))).toEqual(["message.sent 2 to 1"]);
  });

  it("stands for its channel and text: anything else is a conflict that leaves the first alone", () => {
    const run = givenRun([stepOf("a")]);
    run.when(say("a", "One.", "k"));
    expect(reasonIn(run.when(say("a", "Two.", "k")))).toContain("conflicting");
    expect(reasonIn(run.when({ ...say("a", "One.", "k"), channel: "follow_up" }))).toContain("conflicting");
    expect(run.refusal(say("a", "One.", "k"))).toBe("repeated");
    expect(told(run.when(report(run, 1, "consumed")))).toEqual(["message.consumed 1 to 1"]);
  });

  it.each<MessageOutcome>(["accepted", "consumed", "denied", "unknown"])("stays taken once it is %s", (outcome) => {
    const run = givenRun([stepOf("a", { retry: { attempts: 2 } })]);
    run.when(say("a", "One.", "k"));
    run.when(report(run, 1, outcome));
    expect(run.refusal(say("a", "One.", "k"))).toBe("repeated");
    run.fail("a");
    expect(run.refusal(say("a", "One.", "k"))).toBe("repeated");
  });
});

describe("when an attempt ends", () => {
  const ends: readonly [string, (run: GivenRun) => readonly Event[], string][] = [
    ["succeeds", (run) => run.succeed("a"), "step.succeeded a"],
    ["fails for good", (run) => run.fail("a", { final: true }), "step.failed a"],
    ["fails, and is tried again", (run) => run.fail("a"), "step.retryScheduled a"],
    ["times out", (run) => (run.timeOut("a"), run.fail("a", { final: true })), "step.timedOut a"],
    ["is canceled", (run) => (run.cancel(), run.abort("a")), "step.canceled a"],
  ];
  it.each(ends)("because it %s, what was not given is denied before, in the same commit", (_how, end, last) => {
    const run = givenRun([stepOf("a", { retry }), stepOf("b")]);
    for (const text of ["One.", "Two.", "Three.", "Four."]) run.when(say("a", text));
    run.when(report(run, 2, "accepted"));
    run.when(report(run, 3, "consumed"));
    run.when(report(run, 4, "unknown"));
    const events = end(run);
    expect(told(events).slice(0, 3)).toEqual(["message.denied 1 to 1", "message.denied 2 to 1", last]);
    expect(reasonIn(events)).toBe("It was not executed: the attempt ended before the agent was given it.");
    expect(run.refusal(report(run, 4, "consumed", "a", 1))).toBe("stale");
  });
});

describe("when the process of an attempt is lost", () => {
  function lostRun(rest: Parameters<typeof stepOf>[1] = {}): GivenRun {
    const run = givenRun([stepOf("a", rest), stepOf("b")], { maxRunSeconds: 100 });
    for (const text of ["One.", "Two.", "Three.", "Four."]) run.when(say("a", text, text));
    run.when(report(run, 2, "accepted"));
    run.when(report(run, 3, "consumed"));
    run.when(report(run, 4, "unknown"));
    return run;
  }
  const about = (events: readonly Event[]): string[] => told(events).filter((word) => word.startsWith("message."));

  it("and the attempt goes on, it is told again what it may not have been given", () => {
    const run = lostRun();
    const events = told(run.recover(["a", "b"]));
    expect(events.slice(events.indexOf("step.resumed a"))).toEqual([
      "step.resumed a",
      "message.sent 1 to 1",
      "message.sent 2 to 1",
      "step.resumed b",
    ]);
    expect(told(run.when(report(run, 2, "consumed")))).toEqual(["message.consumed 2 to 1"]);
    expect(told(run.when(report(run, 4, "accepted")))).toEqual(["message.accepted 4 to 1"]);
    expect(run.refusal(say("a", "One.", "One."))).toBe("repeated");
  });

  it("and a message was taken after all that nobody could tell of, it is told again as it was", () => {
    const run = lostRun();
    run.when(report(run, 4, "accepted"));
    const sent = run.recover().filter((event) => event.type === "message.sent");
    expect(sent.map(({ text }) => text)).toEqual(["One.", "Two.", "Four."]);
  });

  it("and the step starts another attempt, that one is told, in the same order", () => {
    const run = lostRun();
    const events = told(run.recover());
    expect(events.slice(events.indexOf("step.started a"), -1)).toEqual([
      "step.started a",
      "message.sent 1 to 2",
      "message.sent 2 to 2",
    ]);
    expect(run.refusal(report(run, 4, "consumed"))).toBe("stale");
    expect(run.refusal(report(run, 1, "consumed", "a", 1))).toBe("stale");
    expect(told(run.when(report(run, 1, "consumed")))).toEqual(["message.consumed 1 to 2"]);
  });

  it("what is told again counts towards the budget of the attempt that is told, and once", () => {
    const run = givenRun([stepOf("a")]);
    for (let number = 0; number < 10; number++) run.when(say("a"));
    run.recover(["a"]);
    for (let number = 0; number < 6; number++) run.when(say("a"));
    expect(told(run.when(say("a")))).toEqual(["message.denied 17 to 1"]);
    run.recover();
    expect(told(run.when(say("a")))).toEqual(["message.denied 18 to 2"]);
  });

  it.each<[string, Parameters<typeof stepOf>[1], (run: GivenRun) => readonly Event[]]>([
    ["may not run again", { onInterrupted: "fail" }, (run) => run.recover()],
    ["was being stopped", {}, (run) => (run.cancel(), run.recover())],
    ["had timed out", { retry }, (run) => (run.timeOut("a"), run.recover())],
    ["is out of time", {}, (run) => ((run.now = run.deadlineAt), run.recover())],
  ])("and the step %s, nobody knows, and nothing is sent again", (_how, rest, lose) => {
    const run = lostRun(rest);
    const events = lose(run);
    expect(about(events)).toEqual(["message.unknown 1 to 1", "message.unknown 2 to 1"]);
    expect(reasonIn(events.filter(({ type }) => type === "message.unknown"))).toContain("process");
  });

  it("and the run is canceled before the step starts again, nobody knows", () => {
    const run = givenRun([stepOf("a"), stepOf("b")], { concurrency: 2 });
    run.when(say("b"));
    // The fork runs one at a time, so b has to wait.
    run.fork({ ...run.graph, limits: { concurrency: 1 } });
    expect(run.phaseOf("b")).toBe("pending");
    expect(told(run.when(say("b")))).toEqual(["message.denied 2 to 1"]);
    expect(about(run.cancel())).toEqual(["message.unknown 1 to 1"]);
  });
});

describe("a fork", () => {
  it("tells the attempts that it makes again what those of its past had not been given, wherever their steps stand now", () => {
    const run = givenRun([stepOf("a"), stepOf("b")]);
    run.when(say("b", "Hello.", "k"));
    const graph = { ...run.graph, steps: [stepOf("new"), ...run.graph.steps.toReversed()] };
    expect(told(run.fork(graph)).slice(-4)).toEqual([
      "step.started new",
      "step.started b",
      "message.sent 1 to 2",
      "step.started a",
    ]);
  });
});
