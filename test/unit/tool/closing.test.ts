import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { limits, memoryJournal } from "runfold";
import type { Journal } from "runfold";
import { succeeded } from "runfold/testing";
import type { TeamNotice } from "runfold/tool";
import { endWithArtifact, watchedArtifacts } from "./long-texts.ts";
import { teamInput, teamStep, teamWorld } from "./team-world.ts";

const one = { session: "one" };
const graph = teamInput([teamStep("a")]);

describe("a session that is shut down", () => {
  test.each<[string, Record<string, unknown>]>([
    ["with its graph", { graph }],
    ["with a file that is still read", { graphFile: "graph.json" }],
  ])("leaves nothing of a start that was called before, %s", async (_what, given) => {
    const { tool, runtime, root, settle } = await teamWorld();
    await writeFile(join(root, "graph.json"), JSON.stringify(graph));
    const starting = [1, 2, 3].map(() => tool.call({ action: "start", ...given }, one));
    await tool.shutdown("one");
    await settle();
    const codes = (await Promise.all(starting)).map(
      ({ details }) => details.error?.code ?? "start-aborted-before-run-id",
    );
    expect(new Set(codes)).toEqual(new Set(["start-aborted-before-run-id"]));
    expect((await runtime.list()).filter(({ status }) => status !== "canceled")).toEqual([]);
    expect((await tool.call({ action: "start", graph }, one)).ok).toBe(true);
  });

  test("ends a run that is still being written down when it comes", async () => {
    let open: (() => void) | undefined;
    const gate = new Promise<void>((resolve) => (open = resolve));
    let begun: (() => void) | undefined;
    const appending = new Promise<void>((resolve) => (begun = resolve));
    const journal: Journal = new Proxy(memoryJournal(), {
      get(target, name) {
        const found: unknown = Reflect.get(target, name, target);
        if (typeof found !== "function") return found;
        if (name !== "append") return found.bind(target) as unknown;
        return async (...given: Parameters<Journal["append"]>) => {
          begun?.();
          await gate;
          await target.append(...given);
        };
      },
    });
    const { tool, runtime, settle } = await teamWorld({ journal });
    const starting = tool.call({ action: "start", graph }, one);
    await appending;
    const closing = tool.shutdown("one");
    await settle();
    open?.();
    expect([(await starting).ok, await closing]).toEqual([true, 1]);
    await settle();
    expect((await runtime.get("r1"))?.snapshot().status).toBe("canceled");
  });

  test("ends its other runs though one of them cannot be ended, and says why", async () => {
    const { tool, runtime, start, settle } = await teamWorld();
    await start([teamStep("a")]);
    await start([teamStep("a")]);
    const first = (await runtime.get("r1"))!;
    first.cancel = () => Promise.reject(new Error("The disk is gone."));
    await expect(tool.shutdown("one")).rejects.toThrow("The disk is gone.");
    await settle();
    expect((await runtime.get("r2"))?.snapshot().status).toBe("canceled");
  });
});

test("sessions that are told of notices are bounded: whoever called longest ago is told nothing until it calls again", async () => {
  const notices: TeamNotice[] = [];
  const { tool, start, executor, settle } = await teamWorld({
    host: { notify: (notice) => void notices.push(notice) },
  });
  const options = { options: { notify: { mode: "final" } } };
  await start([teamStep("a")], options, one);
  await start([teamStep("a")], options, { session: "two" });
  for (let count = 0; count < limits.toolSessionsMax; count++) {
    await tool.call({ action: "run_status", runId: "r9" }, { session: `other-${count}` });
    if (count === 10) await tool.call({ action: "run_status", runId: "r1" }, one);
  }
  for (const run of ["r1", "r2"]) executor.end("a", succeeded("A"), run);
  await settle();
  expect(notices.map(({ session }) => session)).toEqual(["one"]);
});

test("notices are told in the order in which they came up, though the first takes longer to be described", async () => {
  let open: (() => void) | undefined;
  const gate = new Promise<void>((resolve) => (open = resolve));
  const artifacts = await watchedArtifacts(() => gate);
  const told: string[] = [];
  const notify = ({ details }: TeamNotice): void => void told.push(details.run!.runId);
  const world = await teamWorld({ artifacts, host: { notify } });
  const { start, executor, settle } = world;
  const options = { options: { notify: { mode: "final" } } };
  await start([teamStep("a")], options);
  await start([teamStep("a")], options);
  await endWithArtifact(world, "a", "long");
  await settle();
  executor.end("a", succeeded("short"), "r2");
  await settle();
  expect(told).toEqual([]);
  open?.();
  await expect.poll(() => told).toEqual(["r1", "r2"]);
});

test("a notice of a run that was cleaned up before it could be told is named in the next result", async () => {
  let open: (() => void) | undefined;
  const gate = new Promise<void>((resolve) => (open = resolve));
  const artifacts = await watchedArtifacts(() => gate);
  const told: string[] = [];
  const notify = ({ details }: TeamNotice): void => void told.push(details.run!.runId);
  const world = await teamWorld({ artifacts, host: { notify } });
  const options = { options: { notify: { mode: "final" } } };
  await world.start([teamStep("a")], options);
  await world.start([teamStep("a")], options);
  await endWithArtifact(world, "a", "long");
  await world.settle();
  world.executor.end("a", succeeded("short"), "r2");
  await world.settle();
  await world.call({ action: "cleanup", runId: "r2" });
  open?.();
  await expect.poll(() => told).toEqual(["r1"]);
  await world.settle();
  const { details } = await world.call({ action: "run_status", runId: "r1" });
  expect(details.diagnostics).toMatchObject([
    { code: "run-notice-callback-failed", message: expect.stringMatching(/of run r2 .*cleaned up/) },
  ]);
});
