import { describe, expect, test } from "vitest";
import { succeeded, scriptedExecutor } from "runfold/testing";
import type { Executor, Message } from "runfold";
import { teamStep, teamWorld } from "./team-world.ts";
import type { TeamWorld } from "./team-world.ts";

/** A run `r1` whose step `a` hears messages; `b` waits for it. */
async function talk(hears: (message: Message) => void = (message) => message.accepted()) {
  const heard: string[] = [];
  const executor = scriptedExecutor({
    started: ({ attempt }) => {
      attempt.onMessage((message) => {
        heard.push(message.text);
        hears(message);
      });
    },
  });
  Object.assign(executor, { takesMessages: () => true } satisfies Partial<Executor>);
  const world = await teamWorld({ executors: [executor] });
  await world.start([teamStep("a"), teamStep("b", { needs: ["a"] })]);
  await world.settle();
  return { ...world, executor, heard };
}

const say = (world: TeamWorld, rest = {}) =>
  world.call({ action: "message", runId: "r1", stepId: "a", channel: "steer", text: "Hurry.", ...rest });

describe("a message", () => {
  test.each(["steer", "follow_up"])(
    "as %s is accepted, and its receipt has the fields that clients know",
    async (channel) => {
      const world = await talk();
      const { ok, details } = await say(world, { channel, clientMessageId: "k" });
      expect([ok, details.message]).toEqual([
        true,
        { runId: "r1", stepId: "a", channel, clientMessageId: "k", accepted: true, reused: false, status: "accepted" },
      ]);
      expect(world.heard).toEqual(["Hurry."]);
    },
  );

  test("of the same key is the same message, also when both are sent at once; another text is a conflict", async () => {
    const world = await talk();
    const both = await Promise.all([say(world, { clientMessageId: "k" }), say(world, { clientMessageId: "k" })]);
    expect(both.map(({ details }) => [details.message?.accepted, details.message?.reused])).toEqual([
      [true, false],
      [true, true],
    ]);
    const other = await say(world, { clientMessageId: "k", text: "Slowly." });
    expect(other.details).toMatchObject({
      ok: false,
      error: { code: "message-not-delivered" },
      message: { accepted: false },
    });
    expect(world.heard).toEqual(["Hurry."]);
  });

  test.each<[string, (message: Message) => void, string]>([
    ["that its agent refuses", (message) => message.denied("Not now."), "denied"],
    ["that nobody answers", (message) => message.unknown("It timed out."), "unknown"],
  ])("%s is an error with its receipt, and again the same for the same key", async (_what, hears, status) => {
    const world = await talk(hears);
    const first = await say(world, { clientMessageId: "k" });
    expect(first.details).toMatchObject({
      error: { code: "message-not-delivered" },
      message: { accepted: false, status, reused: false, undeliveredReason: first.details.error?.message },
    });
    const second = await say(world, { clientMessageId: "k" });
    expect(second.details.message).toEqual({ ...first.details.message, reused: true });
    expect(world.heard).toHaveLength(1);
  });

  test("to a step that is not there is refused without a receipt, with the steps that are", async () => {
    const world = await talk();
    const { details } = await say(world, { stepId: "z" });
    expect(details.error).toMatchObject({ code: "step-not-found", message: expect.stringContaining("a, b") });
    expect(details.message).toBeUndefined();
  });

  test("to a step that waits is denied and may be sent again; to one that has ended it stays denied", async () => {
    const world = await talk();
    const early = { stepId: "b", clientMessageId: "k" };
    expect((await say(world, early)).details.message).toMatchObject({ accepted: false, status: "denied" });
    world.executor.end("a", succeeded("A"));
    await world.settle();
    expect((await say(world)).details.message).toMatchObject({ accepted: false });
    expect((await say(world, early)).details.message).toMatchObject({ accepted: true, reused: false });
  });

  test("to a step that has ended is an event each time and never a receipt of before, and nothing is seen of it in the step", async () => {
    const world = await talk();
    world.executor.end("a", succeeded("A"));
    await world.settle();
    const rowOf = async () => (await world.call({ action: "run_status", runId: "r1" })).details.steps[0];
    const before = await rowOf();
    const both = [await say(world, { clientMessageId: "k" }), await say(world, { clientMessageId: "k" })];
    expect(
      both.map(({ details }) => [details.error?.code, details.message?.accepted, details.message?.reused]),
    ).toEqual([
      ["message-not-delivered", false, false],
      ["message-not-delivered", false, false],
    ]);
    expect(both[0]?.details.message?.undeliveredReason).toMatch(/succeeded|ended/);
    expect(await rowOf()).toEqual(before);
    const { details } = await world.call({ action: "run_status", runId: "r1", debugEvents: true });
    expect(details.events.filter(({ type }) => type === "parent_message")).toMatchObject([
      { stepId: "a", label: "steer", status: "error" },
      { stepId: "a", label: "steer", status: "error" },
    ]);
    expect(world.heard).toEqual([]);
  });

  test("is the seventeenth in vain, and a long one counts for none", async () => {
    const world = await talk();
    for (let count = 1; count <= 15; count++) expect((await say(world)).ok).toBe(true);
    await say(world, { text: "x".repeat(50_000) });
    const last = await say(world);
    expect(last.details.message).toMatchObject({ accepted: false, undeliveredReason: expect.stringMatching(/16/) });
  });
});
