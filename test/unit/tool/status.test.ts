import { describe, expect, test } from "vitest";
import { succeeded } from "runfold/testing";
import type { TeamEvent } from "runfold/tool";
import { teamEvent } from "../../../src/tool/team-events.ts";
import { statusOf as status, teamInput, teamStep, teamWorld } from "./team-world.ts";
import type { TeamWorld } from "./team-world.ts";

const three = [teamStep("a"), teamStep("b"), teamStep("c", { needs: ["a"] })];
const seqs = (events: readonly TeamEvent[]): number[] => events.map(({ seq }) => seq);
const range = (from: number, to: number): number[] => Array.from({ length: to - from + 1 }, (_, index) => from + index);

/** All events that a reader gets who pages through them, with what it does between two pages. */
async function paged(world: TeamWorld, between: (cursor: string) => Promise<string>, rest = {}): Promise<TeamEvent[]> {
  const events: TeamEvent[] = [];
  let cursor: string | undefined;
  for (;;) {
    const asked = { debugEvents: true, maxBytes: 400, ...rest, ...(cursor === undefined ? {} : { cursor }) };
    const { details } = await status(world, asked);
    events.push(...details.events);
    if (details.hasMoreEvents !== true) return events;
    cursor = await between(details.cursor!);
  }
}

describe("a start", () => {
  test("answers at once with the run, its steps and their tools, and gives every field that clients know", async () => {
    const { call } = await teamWorld();
    const { ok, details, text } = await call({ action: "start", graph: teamInput(three) });
    expect([ok, details.kind, details.action]).toEqual([true, "agent_team", "start"]);
    expect(details.run).toMatchObject({
      runId: "r1",
      objective: "Be tested.",
      terminal: false,
      sinkStepIds: ["b", "c"],
      canCancel: true,
      canCleanup: false,
      counts: { timed_out: 0, blocked: 0 },
    });
    expect(details.steps.map(({ id, effectiveTools }) => [id, effectiveTools])).toEqual(
      ["a", "b", "c"].map((id) => [id, ["read", "grep", "find", "ls"]]),
    );
    expect(details).toMatchObject({ events: [], outputs: [], catalog: [], extensionTools: [], diagnostics: [] });
    expect(text).toContain("- run: r1 running");
  });

  test("shows steps as they are by then: what is ready may run already, and the rest waits", async () => {
    const { call } = await teamWorld();
    const graph = teamInput(three, { limits: { concurrency: 1 } });
    const { details } = await call({ action: "start", graph });
    expect(details.steps.map(({ status: how }) => how)).toEqual(["running", "pending", "pending"]);
    expect(details.run).toMatchObject({ liveStepIds: ["a"], terminal: false, canMessage: true });
    expect(details.run?.lastEvent).toBe("a: started");
  });

  test("maps limits and options, and a step's end is written as clients know it", async () => {
    const world = await teamWorld();
    const options = { maxRunSeconds: 100, terminalRetentionSeconds: 7, notify: { mode: "none" } };
    const graph = teamInput([teamStep("a")], { limits: { concurrency: 2, timeoutSecondsPerStep: 3 } });
    await world.call({ action: "start", graph, options });
    expect((await world.runtime.get("r1"))?.snapshot().graph).toMatchObject({
      limits: { concurrency: 2, stepTimeoutSeconds: 3, maxRunSeconds: 100, retentionSeconds: 7 },
      notify: { mode: "none" },
    });
    await world.clock.advanceBy(3_000);
    const { details } = await status(world);
    expect([details.steps[0]?.status, details.run?.counts.timed_out, details.run?.status]).toEqual([
      "timed_out",
      1,
      "failed",
    ]);
    expect(details.run?.expiresAt).toBe(new Date(world.clock.now() + 7_000).toISOString());
  });
});

describe("a cursor", () => {
  test.each<[string, (cursor: string) => string]>([
    ["that is garbage", () => "abc"],
    ["that is a number, as those of the predecessor were", () => "12"],
    ["that was changed", (cursor) => cursor.replace(/.$/, (last) => (last === "a" ? "b" : "a"))],
    ["that was lengthened", (cursor) => `${cursor}.0.0.b.abcdef01`],
  ])("%s is refused, with the run as it is", async (_what, change) => {
    const world = await teamWorld();
    const { details } = await world.call({ action: "start", graph: teamInput(three) });
    const refused = await status(world, { cursor: change(details.cursor!), debugEvents: true });
    expect(refused.details).toMatchObject({
      ok: false,
      error: { code: "cursor-invalid", path: "/cursor" },
      events: [],
    });
    expect(refused.details.run?.runId).toBe("r1");
  });

  test("of another run, or of one that had its id before, is refused", async () => {
    const world = await teamWorld();
    await world.start(three);
    const { details } = await world.call({ action: "start", graph: teamInput(three) });
    expect((await status(world, { cursor: details.cursor! })).details.error?.code).toBe("cursor-invalid");
  });
});

describe("the events of a run", () => {
  async function talkative(): Promise<TeamWorld> {
    const world = await teamWorld();
    await world.start([teamStep("a"), teamStep("b")]);
    for (let turn = 0; turn < 5; turn++) {
      for (const step of ["a", "b"]) world.executor.progress(step, `${step}${turn} `.repeat(400));
      await world.clock.advanceBy(1_000);
    }
    world.executor.end("a", succeeded("A"));
    world.executor.end("b", succeeded("B"));
    await world.settle();
    return world;
  }

  test("are listed in pages within the budget that skip none", async () => {
    const world = await talkative();
    const all = await paged(world, async (cursor) => cursor);
    const { details } = await status(world, { debugEvents: true, maxBytes: 200_000 });
    expect(all.length).toBeGreaterThan(10);
    expect(seqs(all)).toEqual(range(1, all.length));
    expect(seqs(details.events)).toEqual(seqs(all));
    for (const event of all) expect(Buffer.byteLength(JSON.stringify(event))).toBeLessThanOrEqual(400);
    expect(all.find(({ type }) => type === "assistant_delta")?.preview).toMatch(/…$/);
    expect(all.map(({ type, label, status: said }) => `${type}/${label} [${said}]`)).toEqual(
      expect.arrayContaining([
        "run/start [running]",
        "step/start [running]",
        "assistant_delta/text [running]",
        "step/finish [succeeded]",
        "run/terminal [done]",
      ]),
    );
  });

  test("are not lost where a plain status is asked for between two pages", async () => {
    const world = await talkative();
    const withCursor = await paged(world, async (cursor) => (await status(world, { cursor })).details.cursor!);
    const without = await paged(world, async () => (await status(world)).details.cursor!);
    const { details } = await status(world, { debugEvents: true, maxBytes: 200_000 });
    expect(seqs(withCursor)).toEqual(seqs(details.events));
    expect(seqs(without)).toEqual(seqs(details.events));
  });

  test("are not lost where the step changes that they are listed for", async () => {
    const world = await talkative();
    const first = await status(world, { debugEvents: true, stepId: "a", maxBytes: 200_000 });
    const { cursor } = first.details;
    const second = await status(world, { debugEvents: true, stepId: "b", maxBytes: 200_000, cursor });
    const own = (events: readonly TeamEvent[], step: string) => events.filter(({ stepId }) => stepId === step).length;
    const { details } = await status(world, { debugEvents: true, maxBytes: 200_000 });
    expect([own(first.details.events, "a"), own(second.details.events, "b")]).toEqual([
      own(details.events, "a"),
      own(details.events, "b"),
    ]);
    expect(own(first.details.events, "b")).toBe(0);
    expect(first.details.events.at(-1)).toMatchObject({ type: "run", label: "terminal" });
  });

  test("are all there, however many", async () => {
    const world = await teamWorld();
    await world.start([teamStep("a")]);
    for (let turn = 0; turn < 2_500; turn++) {
      world.executor.running[0]!.attempt.tool({ tool: "read", phase: "started", call: String(turn) });
    }
    await world.settle();
    const all = await paged(world, async (cursor) => cursor, { maxBytes: 200_000 });
    expect(seqs(all)).toEqual(range(1, all.length));
    expect(all.length).toBeGreaterThan(2_500);
  });

  test("show of a long text its beginning, which ends with a whole character", async () => {
    const { start, runtime } = await teamWorld();
    await start([teamStep("a")]);
    const run = (await runtime.get("r1"))!.snapshot();
    const message = `${"x".repeat(1_999)}${"🌊".repeat(100)}`;
    const event = { type: "diagnostic.recorded", code: "odd", severity: "warning", message } as const;
    const { preview } = teamEvent({ position: 1, at: 0, event }, run);
    expect(preview).toBe(`${"x".repeat(1_999)}...`);
  });

  test("are not listed unless they are asked for", async () => {
    const world = await talkative();
    const { details } = await status(world);
    expect([details.events, details.hasMoreEvents]).toEqual([[], undefined]);
  });
});
