import { describe, expect, test } from "vitest";
import { memoryJournal, openRuntime } from "runfold";
import { succeeded } from "runfold/testing";
import { createTeamTool } from "runfold/tool";
import type { TeamNotice } from "runfold/tool";
import { teamInput, teamStep, teamWorld } from "./team-world.ts";

const one = { session: "one" };
const other = { session: "two" };

describe("the runs of a session", () => {
  test.each(["run_status", "cancel", "cleanup"])("are not there for another one that asks for a %s", async (action) => {
    const { call, start } = await teamWorld();
    await start([teamStep("a")], {}, one);
    const { details, text } = await call({ action, runId: "r1" }, other);
    expect(details).toMatchObject({ error: { code: "run-not-found" }, steps: [], diagnostics: [] });
    expect(details.error?.message).toContain("Your runs: none");
    expect([details.run, text.includes("Be tested")]).toEqual([undefined, false]);
  });

  test("are not those of a caller without one, whatever a session is called", async () => {
    const { call, tool } = await teamWorld();
    await tool.call({ action: "start", graph: teamInput([teamStep("a")]) });
    expect((await call({ action: "run_status", runId: "r1" }, { session: "process" })).ok).toBe(false);
    expect((await tool.call({ action: "run_status", runId: "r1" })).ok).toBe(true);
  });

  test("are named to whoever asks for one that is not there, the first five, and the rest is counted", async () => {
    const { call, start, settle } = await teamWorld();
    for (let count = 1; count <= 7; count++) await start([teamStep("a")], {}, one);
    await settle();
    const { details } = await call({ action: "run_status", runId: "r99" }, one);
    expect(details.error?.message).toContain("r1:running, r2:running, r3:running, r4:running, r5:running and 2 more.");
  });

  test("have ids that are not used again after a cleanup, and go on where an earlier process stopped", async () => {
    const { call, start, runtime, executor, settle, root } = await teamWorld();
    await start([teamStep("a")]);
    await start([teamStep("a")]);
    executor.end("a", succeeded("A"), "r2");
    await settle();
    expect((await call({ action: "cleanup", runId: "r2" })).ok).toBe(true);
    expect(await start([teamStep("a")])).toBe("r3");
    const later = createTeamTool(runtime, { root });
    const { details } = await later.call({ action: "start", graph: teamInput([teamStep("a")]) }, one);
    expect(details.run?.runId).toBe("r4");
    expect((await later.call({ action: "run_status", runId: "r1" }, one)).ok).toBe(true);
    expect((await later.call({ action: "run_status", runId: "r1" }, other)).ok).toBe(false);
  });

  test("go on by themselves: the end of one leaves the other as it is", async () => {
    const { start, call, executor, settle } = await teamWorld();
    await start([teamStep("a")]);
    await start([teamStep("a"), teamStep("b", { needs: ["a"] })]);
    executor.end("a", succeeded("A"), "r1");
    await settle();
    const statuses = async () =>
      await Promise.all(
        ["r1", "r2"].map(async (runId) => (await call({ action: "run_status", runId })).details.run?.status),
      );
    expect(await statuses()).toEqual(["succeeded", "running"]);
    await call({ action: "cleanup", runId: "r1" });
    executor.end("a", succeeded("A"), "r2");
    await settle();
    executor.end("b", succeeded("B"), "r2");
    await settle();
    expect(await statuses()).toEqual([undefined, "succeeded"]);
  });

  test("that start at the same time get an id each", async () => {
    const { start } = await teamWorld();
    const ids = await Promise.all(Array.from({ length: 8 }, () => start([teamStep("a")])));
    expect(new Set(ids).size).toBe(8);
  });

  test("end by force when it is shut down, and no others do", async () => {
    const { start, tool, runtime, settle } = await teamWorld();
    await start([teamStep("a")], {}, one);
    await start([teamStep("a")], {}, other);
    expect(await tool.shutdown("one", "The window was closed.")).toBe(1);
    await settle();
    expect((await runtime.get("r1"))?.snapshot()).toMatchObject({
      status: "canceled",
      cancelReason: "The window was closed.",
    });
    expect((await runtime.get("r2"))?.snapshot().status).toBe("running");
  });
});

describe("a start", () => {
  test("is denied where too many runs live, of all sessions, with others as counts alone, and takes no id", async () => {
    const { start, call, executor, settle } = await teamWorld({ host: { liveRunsMax: 2, retainedRunsMax: 3 } });
    const graph = teamInput([teamStep("a")]);
    await start([teamStep("a")], {}, one);
    await start([teamStep("a")], {}, other);
    const denied = await call({ action: "start", graph }, one);
    expect(denied.details.error).toMatchObject({ code: "detached-run-live-cap-reached" });
    expect(denied.details.error?.message).toContain("Your runs: r1:running. Of other sessions: 1 live, 0 ended.");
    executor.end("a", succeeded("A"), "r2");
    await settle();
    expect(await start([teamStep("a")], {}, one)).toBe("r3");
    executor.end("a", succeeded("A"), "r1");
    await settle();
    const kept = await call({ action: "start", graph }, one);
    expect(kept.details.error).toMatchObject({ code: "detached-run-retained-cap-reached" });
    expect(kept.details.error?.message).toContain("Of other sessions: 0 live, 1 ended.");
  });

  test("is denied above sixteen live and sixty-four kept runs by itself, though many come at once", async () => {
    const { call, executor, settle } = await teamWorld();
    const graph = teamInput([teamStep("a")]);
    const many = () => Promise.all(Array.from({ length: 20 }, () => call({ action: "start", graph })));
    const results: string[] = [];
    for (let round = 0; round < 5; round++) {
      for (const { details } of await many()) results.push(details.error?.code ?? "started");
      await settle();
      for (const attempt of executor.running) attempt.end(succeeded("A"));
      await settle();
    }
    const count = (code: string): number => results.filter((result) => result === code).length;
    expect(count("started")).toBe(64);
    expect(count("detached-run-live-cap-reached")).toBe(16);
    expect(count("detached-run-retained-cap-reached")).toBe(20);
  });

  test("tells nothing to its own call afterwards", async () => {
    const { tool, executor, settle } = await teamWorld();
    const call = new AbortController();
    await tool.call({ action: "start", graph: teamInput([teamStep("a")]) }, { session: "one", signal: call.signal });
    call.abort();
    executor.end("a", succeeded("A"));
    await settle();
    expect((await tool.call({ action: "run_status", runId: "r1" }, one)).details.run?.status).toBe("succeeded");
  });
});

describe("the time of retention", () => {
  test("removes a run and what it kept", async () => {
    const { start, call, executor, clock, settle } = await teamWorld();
    await start([teamStep("a")], { options: { terminalRetentionSeconds: 5 } });
    executor.end("a", succeeded("A"));
    await settle();
    await clock.advanceBy(5_000);
    expect((await call({ action: "run_status", runId: "r1" })).details.error?.code).toBe("run-not-found");
  });
});

describe("notices", () => {
  const told = async (notify: (notice: TeamNotice) => unknown) => {
    const world = await teamWorld({ host: { notify } });
    const options = { notify: { mode: "milestones", minIntervalSeconds: 0 } };
    await world.start([teamStep("a"), teamStep("b")], { options });
    return world;
  };

  test("reach the host with the session, the paths of results and no texts, milestones first and the end last", async () => {
    const notices: TeamNotice[] = [];
    const { executor, settle } = await told((notice) => void notices.push(notice));
    executor.end("a", succeeded("Secret"));
    await settle();
    executor.end("b", succeeded("Secret"));
    await settle();
    expect(notices.map(({ session, details }) => [session, details.notice?.terminal, details.notice?.reasons])).toEqual(
      [
        ["one", false, ["sink a succeeded"]],
        ["one", true, ["terminal:succeeded", "sink b succeeded"]],
      ],
    );
    expect(notices.map(({ details }) => details.outputs.length)).toEqual([1, 2]);
    expect(JSON.stringify(notices)).not.toContain("Secret");
    expect(notices.at(-1)?.details.events).toEqual([]);
  });

  test.each<[string, () => unknown]>([
    [
      "throws",
      () => {
        throw new Error("The window is gone.");
      },
    ],
    ["rejects", () => Promise.reject(new Error("The window is gone."))],
    ["answers with a text", () => "The window is gone."],
  ])("that the host %s at hurt no run, and the session is told with its next result", async (_what, notify) => {
    const { executor, settle, call } = await told(notify);
    executor.end("a", succeeded("A"));
    await settle();
    const { ok, details } = await call({ action: "run_status", runId: "r1" });
    expect([ok, details.diagnostics]).toMatchObject([
      true,
      [{ code: "run-notice-callback-failed", message: expect.stringContaining("The window is gone.") }],
    ]);
    expect((await call({ action: "run_status", runId: "r1" })).details.diagnostics).toEqual([]);
  });

  test("of a session that was shut down are told to nobody, and to it when it comes back", async () => {
    const notices: TeamNotice[] = [];
    const { tool, settle, call } = await told((notice) => void notices.push(notice));
    await tool.shutdown("one");
    await settle();
    expect(notices).toEqual([]);
    const { details } = await call({ action: "run_status", runId: "r1" });
    expect(details.diagnostics).toMatchObject([{ message: expect.stringContaining("terminal:canceled") }]);
  });
});

describe("a tool whose runtime was closed", () => {
  test("says so", async () => {
    const runtime = await openRuntime({ journal: memoryJournal() });
    const tool = createTeamTool(runtime);
    await runtime.close();
    expect((await tool.call({ action: "run_status", runId: "r1" })).details.error?.code).toBe("runtime.closed");
  });
});
