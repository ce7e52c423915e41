import { describe, expect, test } from "vitest";
import { defineGraph, limits, memoryJournal, parseGraph } from "runfold";
import type { Executor, Message, MessageOptions, MessageReceipt } from "runfold";
import { scriptedExecutor, succeeded, failed } from "runfold/testing";
import { say, talk } from "./talk.ts";
import type { Hears, Talk } from "./talk.ts";
import { eventsOf, openWorld, turns, words } from "./world.ts";

async function messageWords({ journal, run }: Talk): Promise<string[]> {
  return words(await eventsOf(journal, run)).filter((word) => /(sent|accepted|consumed|denied|unknown)$/.test(word));
}

describe("a message to a running step", () => {
  test("is committed before the agent's program hears of it, and its receipt says what became of it", async () => {
    const seen: string[][] = [];
    const world: Talk = await talk((message) => {
      seen.push(world.run.messages().map(({ status }) => status));
      message.accepted();
    });
    const receipt = await world.run.message("a", { channel: "follow_up", text: "And then?", key: "k" });
    expect(receipt).toEqual({
      step: "a",
      channel: "follow_up",
      key: "k",
      message: 1,
      status: "accepted",
      reason: undefined,
      isReused: false,
    } satisfies MessageReceipt);
    expect(seen).toEqual([["sent"]]);
    expect(world.heard.map(({ text, channel, number }) => [text, channel, number])).toEqual([
      ["And then?", "follow_up", 1],
    ]);
    world.heard[0]!.consumed();
    await turns();
    expect(world.run.messages("a")).toMatchObject([{ message: 1, status: "consumed" }]);
    expect(await messageWords(world)).toEqual(["a sent", "a accepted", "a consumed"]);
  });

  test.each<[string, Hears, Partial<MessageReceipt>]>([
    ["consumed", (message) => message.consumed(), { status: "consumed", reason: undefined }],
    ["denied", (message) => message.denied("Not now."), { status: "denied", reason: "Not now." }],
    ["unknown", (message) => message.unknown("No answer."), { status: "unknown", reason: "No answer." }],
    [
      "unknown where its listener throws",
      () => {
        throw new Error("boom");
      },
      { status: "unknown", reason: "The executor failed when it was given the message: Error: boom" },
    ],
  ])("may come back as %s", async (_what, hears, expected) => {
    const { run } = await talk(hears);
    expect(await run.message("a", say("Hello."))).toMatchObject(expected);
  });

  test("that its program answers late is no error, and the late answer counts", async () => {
    const world = await talk((message) => message.unknown("No answer in time."));
    await world.run.message("a", say("Hello.", "k"));
    world.heard[0]!.accepted();
    world.heard[0]!.accepted();
    world.heard[0]!.consumed();
    world.heard[0]!.denied("too late");
    await turns();
    expect(await messageWords(world)).toEqual(["a sent", "a unknown", "a accepted", "a consumed"]);
    const receipt = await world.run.message("a", say("Hello.", "k"));
    expect(receipt).toMatchObject({ status: "consumed", isReused: true, message: 1 });
  });

  test("that nobody has executed when its attempt ends is reported as such, before the end of the step", async () => {
    const world = await talk();
    await world.run.message("a", { channel: "follow_up", text: "One thing more." });
    world.executor.end("a", succeeded("done"));
    await turns();
    expect(words(await eventsOf(world.journal, world.run)).slice(-4)).toEqual([
      "a accepted",
      "a denied",
      "a succeeded",
      "b started",
    ]);
    expect(world.run.messages()[0]).toMatchObject({
      status: "denied",
      reason: "It was not executed: the attempt ended before the agent was given it.",
    });
  });

  test("wakes no wait", async () => {
    const { run } = await talk();
    const wait = run.wait({ timeoutMs: 0 });
    await run.message("a", say("Hello."));
    expect(await wait).toMatchObject({ woke: "timeout" });
    expect(await run.wait({ timeoutMs: 0 })).toMatchObject({ woke: "timeout" });
  });
});

describe("where nobody can take it", () => {
  test("an executor that takes no messages denies them at once", async () => {
    const executor = scriptedExecutor({ kinds: ["task"] });
    const { runtime } = await openWorld({ executors: [executor] });
    const parsed = parseGraph({ name: "deaf", objective: "Work.", steps: [{ id: "a", task: "a" }] });
    const run = await runtime.start(parsed.ok ? parsed.graph : defineGraph("none", { objective: "x", steps: [] }));
    await turns();
    const receipt = await run.message("a", say("Hello."));
    expect(receipt).toMatchObject({ status: "denied", reason: "This step takes no messages.", message: 1 });
  });

  test("a message before anyone listens waits for its listener", async () => {
    const heard: Message[] = [];
    let attempt: Parameters<Executor["execute"]>[0] | undefined;
    const executor: Executor = {
      kinds: ["task"],
      takesMessages: () => true,
      execute: (given) => {
        attempt = given;
        return new Promise(() => undefined);
      },
    };
    const { runtime, journal } = await openWorld({ executors: [executor] });
    const parsed = parseGraph({ name: "slow", objective: "Begin.", steps: [{ id: "a", task: "a" }] });
    if (!parsed.ok) throw new Error("no graph");
    const run = await runtime.start(parsed.graph);
    await turns();
    const receipts = Promise.all([run.message("a", say("One.")), run.message("a", say("Two."))]);
    await turns();
    expect(words(await eventsOf(journal, run)).slice(-2)).toEqual(["a sent", "a sent"]);
    attempt!.onMessage((message) => {
      heard.push(message);
      message.consumed();
    });
    expect(await receipts).toMatchObject([{ status: "consumed" }, { status: "consumed" }]);
    expect(heard.map(({ text }) => text)).toEqual(["One.", "Two."]);
  });

  test("a step that is not running yet denies it, and its key may be sent again", async () => {
    const { run, executor, heard } = await talk();
    const early = await run.message("b", say("Hello.", "k"));
    expect(early).toMatchObject({ status: "denied", reason: "The step is not running yet.", message: 1, key: "k" });
    executor.end("a", succeeded());
    await turns();
    const later = await run.message("b", say("Hello.", "k"));
    expect(later).toMatchObject({ status: "accepted", message: 2, isReused: false });
    expect(heard.map(({ number }) => number)).toEqual([2]);
  });

  test("a step that has ended, and a run that has, deny it", async () => {
    const { run, executor } = await talk();
    executor.end("a", failed());
    await run.outcome();
    const receipt = await run.message("a", say("Too late.", "k"));
    expect(receipt).toMatchObject({ status: "denied", reason: "The run has ended.", message: undefined });
    expect(run.messages()).toEqual([]);
  });

  test("a stopped runtime cannot tell, and says why", async () => {
    const { run, runtime, clock } = await talk(() => undefined);
    const receipt = run.message("a", say("Hello."));
    await turns();
    const told = receipt.then(
      () => "a receipt",
      (error: unknown) => error,
    );
    const closed = runtime.close({ unfinished: "leave" });
    await clock.advance(60_000);
    expect(await told).toMatchObject({ code: "runtime.closed" });
    await closed;
  });
});

describe("a key", () => {
  test("makes two concurrent equal sends one message with two receipts", async () => {
    const { run, heard } = await talk();
    const receipts = await Promise.all([run.message("a", say("Once.", "k")), run.message("a", say("Once.", "k"))]);
    expect(receipts.map(({ message, isReused }) => [message, isReused])).toEqual([
      [1, false],
      [1, true],
    ]);
    expect(heard).toHaveLength(1);
  });

  test("that stands for something else is a conflict, and the first message is untouched", async () => {
    const { run, heard } = await talk();
    await run.message("a", say("One.", "k"));
    const other = await run.message("a", say("Another.", "k"));
    expect(other).toMatchObject({
      status: "denied",
      message: 2,
      reason: expect.stringContaining("conflicting") as string,
    });
    const channel = await run.message("a", { channel: "follow_up", text: "One.", key: "k" });
    expect(channel).toMatchObject({ status: "denied", message: 3 });
    expect(await run.message("a", say("One.", "k"))).toMatchObject({ status: "accepted", message: 1, isReused: true });
    expect(heard).toHaveLength(1);
  });

  test("of a message that the program denied gives the same denial again, and nothing is sent", async () => {
    const { run, heard } = await talk((message) => message.denied("No."));
    const first = await run.message("a", say("Please.", "k"));
    expect(await run.message("a", say("Please.", "k"))).toEqual({ ...first, isReused: true });
    expect(heard).toHaveLength(1);
  });

  test("is not needed: equal messages without one are two", async () => {
    const { run, heard } = await talk();
    await run.message("a", say("Again."));
    await run.message("a", say("Again."));
    expect(heard.map(({ number }) => number)).toEqual([1, 2]);
  });
});

describe("what cannot be sent", () => {
  test.each<[string, unknown, string]>([
    ["no options", undefined, "options"],
    ["an unknown channel", { channel: "shout", text: "x" }, "channel"],
    ["no text", { channel: "steer", text: "" }, "text"],
    ["a text that is none", { channel: "steer", text: 7 }, "text"],
    ["a text that is too long", { channel: "steer", text: "x".repeat(limits.textCharsMax + 1) }, "text"],
    ["an empty key", { channel: "steer", text: "x", key: "" }, "key"],
    ["a key that is too long", { channel: "steer", text: "x", key: "k".repeat(129) }, "key"],
  ])("%s is an error of the caller, and no event", async (_what, options, field) => {
    const { run, journal } = await talk();
    const before = await journal.head("x");
    await expect(run.message("a", options as MessageOptions)).rejects.toMatchObject({
      code: "message.invalid",
      details: { field },
    });
    await expect(run.message("stranger", say("Hello."))).rejects.toMatchObject({ code: "step.unknown" });
    expect(await journal.head("x")).toBe(before);
  });

  test("what the caller no longer waits for stays sent", async () => {
    const { run, heard } = await talk(() => undefined);
    const controller = new AbortController();
    const receipt = run.message("a", { ...say("Hello."), signal: controller.signal });
    await turns();
    controller.abort(new Error("enough"));
    await expect(receipt).rejects.toThrow("enough");
    expect(heard).toHaveLength(1);
    expect(run.messages()).toMatchObject([{ status: "sent" }]);
  });
});

test("a journal that is read again tells the same of its messages", async () => {
  const world = await talk();
  await world.run.message("a", say("One.", "k"));
  await world.run.message("b", say("Two."));
  const copy = memoryJournal();
  const { life, summary } = (await world.journal.entry("x"))!;
  const made = { summary, ...(life === undefined ? {} : { life }) };
  await copy.append("x", 0, await world.journal.read("x", 0), made);
  const other = await openWorld({ journal: copy, recover: false });
  expect((await other.runtime.get("x"))!.messages()).toEqual(world.run.messages());
});
