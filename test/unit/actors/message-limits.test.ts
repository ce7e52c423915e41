import { describe, expect, test } from "vitest";
import { limits, parseGraph } from "runfold";
import type { Event, Executor, Message, MessageOptions, Run } from "runfold";
import { scriptedExecutor, succeeded } from "runfold/testing";
import type { ScriptedExecutor } from "runfold/testing";
import { eventsOf, openWorld, turns } from "./world.ts";
import type { World } from "./world.ts";

interface Talk extends World {
  readonly run: Run;
  readonly executor: ScriptedExecutor;
  readonly heard: Message[];
}

/** A run of the steps `a` and `b` side by side, and `c` after both; all of them listen. */
async function talk(hears: (message: Message) => void = (message) => message.accepted()): Promise<Talk> {
  const heard: Message[] = [];
  const executor = scriptedExecutor({
    kinds: ["task"],
    stops: "ignore",
    started: ({ attempt }) => {
      attempt.onMessage((message) => {
        heard.push(message);
        hears(message);
      });
    },
  });
  const listening = Object.assign(executor, { takesMessages: () => true } satisfies Partial<Executor>);
  const world = await openWorld({ executors: [listening] });
  const steps = [
    { id: "a", task: "a" },
    { id: "b", task: "b" },
    { id: "c", task: "c", needs: ["a", "b"] },
  ];
  const parsed = parseGraph({ name: "talk", objective: "Listen.", steps });
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.diagnostics));
  const run = await world.runtime.start(parsed.graph, { id: "x" });
  await turns();
  return { ...world, run, executor, heard };
}

const say = (text: string, key?: string): MessageOptions => ({
  channel: "steer",
  text,
  ...(key === undefined ? {} : { key }),
});

async function denials({ journal, run }: Talk): Promise<Extract<Event, { type: "message.denied" }>[]> {
  return (await eventsOf(journal, run)).filter((event) => event.type === "message.denied");
}

describe("the messages to one attempt", () => {
  test("are sixteen: the next is denied with the count, and other steps are still spoken to", async () => {
    const world = await talk();
    const { run, heard } = world;
    for (let n = 0; n < limits.messagesPerAttemptMax; n++) {
      expect(await run.message("a", say(`Message ${n}.`))).toMatchObject({ status: "accepted" });
    }
    const over = await run.message("a", say("One more.", "k"));
    expect(over).toMatchObject({ status: "denied", reason: expect.stringMatching(/sent 16 messages.*takes 16/) });
    expect(heard).toHaveLength(16);
    expect(await denials(world)).toMatchObject([{ step: "a", reason: over.reason, key: "k" }]);
    expect(await run.message("b", say("Hello."))).toMatchObject({ status: "accepted" });
  });

  test("are counted though the program denies them", async () => {
    const { run, heard } = await talk((message) => message.denied("No."));
    for (let n = 0; n <= limits.messagesPerAttemptMax; n++) await run.message("a", say(`Message ${n}.`));
    expect(heard).toHaveLength(limits.messagesPerAttemptMax);
    expect(run.messages("a").at(-1)?.reason).toContain("budget");
  });

  test("have so many characters together; one that is over is denied with the figures, and uses nothing up", async () => {
    const world = await talk();
    const { run, heard } = world;
    const half = limits.messageCharsPerAttemptMax / 2;
    await run.message("a", say("x".repeat(half)));
    for (let n = 0; n < limits.messagesPerAttemptMax + 5; n++) {
      const over = await run.message("a", say("x".repeat(half + 1), "k"));
      expect(over).toMatchObject({ status: "denied", isReused: false });
      expect(over.reason).toContain(`${half} characters were sent to this attempt, ${half + 1} more would pass`);
    }
    expect(await run.message("a", say("x".repeat(half), "k"))).toMatchObject({ status: "accepted" });
    expect(heard).toHaveLength(2);
    expect(await denials(world)).toHaveLength(limits.messagesPerAttemptMax + 5);
  });
});

describe("a message to a step that cannot take it", () => {
  test("that has ended is denied each time it is sent, as an event, and changes nothing of what is seen of the step", async () => {
    const world = await talk();
    const { run, executor, heard } = world;
    executor.end("a", succeeded("done"));
    await turns();
    const before = run.snapshot().steps.get("a");
    const [first, second] = [await run.message("a", say("Late.", "k")), await run.message("a", say("Late.", "k"))];
    expect(first).toMatchObject({ status: "denied", reason: "The step has ended.", isReused: false });
    expect(second).toMatchObject({ status: "denied", reason: "The step has ended.", isReused: false });
    expect((await denials(world)).map(({ step, key }) => [step, key])).toEqual([
      ["a", "k"],
      ["a", "k"],
    ]);
    expect(heard).toEqual([]);
    expect(run.snapshot().steps.get("a")).toEqual(before);
  });

  test("that has not started, or is being stopped, is denied as an event", async () => {
    const world = await talk();
    const { run, heard } = world;
    await run.message("c", say("Early.", "k"));
    await run.cancel();
    await run.message("a", say("Please stay.", "k"));
    expect((await denials(world)).map(({ step, reason }) => [step, reason])).toEqual([
      ["c", "The step is not running yet."],
      ["a", "The step is being stopped."],
    ]);
    expect(heard).toEqual([]);
  });
});

test("a message to a step that is not there is an error that names those that are, and leaves no trace", async () => {
  const world = await talk();
  const before = await world.journal.head("x");
  const refused = world.run.message("stranger", say("Hello.", "k"));
  await expect(refused).rejects.toMatchObject({ code: "step.unknown" });
  await expect(refused).rejects.toThrow('no step "stranger". Its steps: a, b, c.');
  expect(await world.journal.head("x")).toBe(before);
});

test("a message whose answer did not come in time is not sent again under its key, and an answer that comes later is told", async () => {
  const world = await talk((message) => message.unknown("No answer within 10000 ms."));
  const { run, heard } = world;
  const first = await run.message("a", say("Hello?", "k"));
  expect(first).toMatchObject({ status: "unknown", reason: "No answer within 10000 ms.", isReused: false });
  expect(await run.message("a", say("Hello?", "k"))).toEqual({ ...first, isReused: true });
  expect(heard).toHaveLength(1);
  heard[0]!.consumed();
  await turns();
  expect(await run.message("a", say("Hello?", "k"))).toMatchObject({ status: "consumed", isReused: true });
  expect(heard).toHaveLength(1);
});
