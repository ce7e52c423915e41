import { describe, expect, test } from "vitest";
import { failed, succeeded } from "runfold/testing";
import type { TeamUpdate } from "runfold/tool";
import { countedJournal } from "../../support/counted-journal.ts";
import { warningsDuring } from "../../support/warnings.ts";
import { endWithArtifact, watchedArtifacts } from "./long-texts.ts";
import { statusOf as status, teamInput, teamStep, teamWorld } from "./team-world.ts";
import type { TeamWorld } from "./team-world.ts";

const three = [teamStep("a"), teamStep("b"), teamStep("c", { needs: ["a"] })];

describe("a wait", () => {
  test.each<[string, (world: TeamWorld) => void, Record<string, unknown>, string]>([
    ["wakes when a result is there", ({ executor }) => executor.end("b", succeeded("B")), {}, "material-event"],
    ["wakes when a step fails", ({ executor }) => executor.end("a", failed()), {}, "material-event"],
    ["wakes for its own step", ({ executor }) => executor.end("a", succeeded("A")), { stepId: "a" }, "material-event"],
  ])("%s", async (_what, happens, rest, outcome) => {
    const world = await teamWorld();
    await world.start(three);
    const waiting = status(world, { waitSeconds: 60, ...rest });
    await world.settle();
    happens(world);
    expect((await waiting).details.wait).toMatchObject({ outcome, requestedSeconds: 60, ...rest });
  });

  test.each<[string, (world: TeamWorld) => void, Record<string, unknown>]>([
    [
      "text and tools",
      ({ executor }) => {
        executor.progress("a", "x".repeat(3_000));
        executor.running[0]?.attempt.tool({ tool: "read", phase: "started" });
      },
      {},
    ],
    ["a step in between that succeeds", ({ executor }) => executor.end("a", succeeded("A")), {}],
    ["the end of another step", ({ executor }) => executor.end("a", failed()), { stepId: "b" }],
  ])("is not woken by %s, and comes back when its time is over", async (_what, happens, rest) => {
    const world = await teamWorld();
    await world.start(three);
    const waiting = status(world, { waitSeconds: 1, ...rest });
    await world.settle();
    happens(world);
    await world.clock.advanceBy(1_000);
    const { ok, details } = await waiting;
    expect([ok, details.wait?.outcome]).toEqual([true, "timeout"]);
  });

  test("for a step is woken by the end of the run", async () => {
    const world = await teamWorld();
    await world.start([teamStep("a"), teamStep("b", { needs: ["a"] })]);
    const waiting = status(world, { waitSeconds: 60, stepId: "b" });
    await world.settle();
    await world.call({ action: "cancel", runId: "r1" });
    expect((await waiting).details.wait?.stepId).toBe("b");
  });

  test("without a cursor misses nothing that happened since the last answer, and tells it once", async () => {
    const world = await teamWorld();
    await world.start(three);
    world.executor.end("b", succeeded("B"));
    await world.settle();
    expect((await status(world, { waitSeconds: 60 })).details.wait?.outcome).toBe("already-material");
    const again = status(world, { waitSeconds: 1 });
    await world.clock.advanceBy(1_000);
    expect((await again).details.wait?.outcome).toBe("timeout");
  });

  test("with the cursor of the start comes back at once while there is news since then, with cursors before and after", async () => {
    const world = await teamWorld();
    const { details } = await world.call({ action: "start", graph: teamInput(three) });
    const cursor = details.cursor!;
    world.executor.end("b", succeeded("B"));
    await world.settle();
    const { wait } = (await status(world, { waitSeconds: 60, cursor })).details;
    expect(wait).toMatchObject({ outcome: "already-material", cursorBefore: cursor });
    const after = status(world, { waitSeconds: 1, cursor: wait!.cursorAfter });
    await world.clock.advanceBy(1_000);
    expect((await after).details.wait?.outcome).toBe("timeout");
  });

  test("for a run that has ended comes back at once; for an unknown step it is refused without one", async () => {
    const world = await teamWorld();
    await world.start([teamStep("a")]);
    expect((await status(world, { waitSeconds: 60, stepId: "z" })).details).toMatchObject({
      ok: false,
      error: { code: "step-not-found", message: expect.stringContaining("Its steps: a") },
      run: { runId: "r1" },
    });
    world.executor.end("a", succeeded("A"));
    await world.settle();
    const { details } = await status(world, { waitSeconds: 60 });
    expect([details.wait?.outcome, details.run?.status]).toEqual(["terminal", "succeeded"]);
  });

  test("shows whoever watches how the run stands, never after it has come back, and a watcher that throws hurts nothing", async () => {
    const world = await teamWorld();
    await world.start(three);
    const seen: string[] = [];
    const watched = (onUpdate: (update: TeamUpdate) => void) =>
      world.tool.call({ action: "run_status", runId: "r1", waitSeconds: 60 }, { session: "one", onUpdate });
    const waiting = watched(({ text, details }) => void seen.push(`${details.run?.status} ${text.split("\n")[0]}`));
    const broken = watched(() => {
      throw new Error("The window is gone.");
    });
    await world.settle();
    world.executor.end("b", succeeded("B"));
    expect([(await waiting).ok, (await broken).details.wait?.outcome]).toEqual([true, "material-event"]);
    const before = [...seen];
    world.executor.end("a", succeeded("A"));
    await world.settle();
    expect([before[0], seen]).toEqual(["running # agent_team run_status: ok", before]);
  });

  test("is ended by the signal of its call, and the run goes on", async () => {
    const world = await teamWorld();
    await world.start([teamStep("a")]);
    const call = new AbortController();
    const input = { action: "run_status", runId: "r1", waitSeconds: 60 };
    const waiting = world.call(input, { session: "one", signal: call.signal });
    await world.settle();
    call.abort();
    expect((await waiting).details).toMatchObject({ wait: { outcome: "aborted" }, run: { status: "running" } });
  });

  test("of two hundred at once wakes each once for its reason, at a cost that grows with their number alone", async () => {
    const costOf = async (waits: number): Promise<{ commits: number; texts: string[] }> => {
      const { journal, counts } = countedJournal();
      const texts: string[] = [];
      const artifacts = await watchedArtifacts((name) => void texts.push(name));
      const world = await teamWorld({ journal, artifacts });
      await world.start([teamStep("a"), teamStep("b"), teamStep("c")]);
      await status(world);
      const before = counts.commits;
      const outcomes: string[] = [];
      const { signal } = new AbortController();
      const waiting = Array.from({ length: waits }, async (_, index) => {
        const stepId = ["a", "b", undefined][index % 3];
        const asked = {
          action: "run_status",
          runId: "r1",
          waitSeconds: 60,
          ...(stepId === undefined ? {} : { stepId }),
        };
        const { wait } = (await world.call(asked, { session: "one", signal })).details;
        outcomes.push(`${stepId ?? "run"} ${wait!.outcome}`);
      });
      await world.settle();
      await endWithArtifact(world, "a", "A".repeat(100_000));
      const isB = (index: number): boolean => index % 3 === 1;
      const [firstB] = waiting.filter((_, index) => isB(index));
      await Promise.race([firstB, Promise.all(waiting.filter((_, index) => !isB(index)))]);
      const woken = outcomes.splice(0);
      expect(woken).toHaveLength(waiting.filter((_, index) => !isB(index)).length);
      expect(new Set(woken)).toEqual(new Set(["a material-event", "run material-event"]));
      world.executor.end("b", succeeded("B"));
      await Promise.all(waiting);
      expect(outcomes).toHaveLength(waits - woken.length);
      expect(new Set(outcomes)).toEqual(new Set(["b material-event"]));
      return { commits: counts.commits - before, texts };
    };
    const warnings = await warningsDuring(async () => {
      const [few, many] = [await costOf(51), await costOf(204)];
      expect(many.commits).toBeLessThanOrEqual(few.commits * 4 + 4);
      // However many ask, one looks.
      expect(many.texts).toEqual(["a.1.output"]);
    });
    expect(warnings).toEqual([]);
  });
});
