import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { Executor } from "runfold";
import { failed, scriptedExecutor, succeeded } from "runfold/testing";
import type { TeamDetails, TeamNotice } from "runfold/tool";
import { misfits, records, type Shape } from "./shapes.ts";
import { teamInput, teamStep, teamWorld } from "./team-world.ts";
import type { TeamWorld } from "./team-world.ts";

const graph = teamInput([
  teamStep("a"),
  teamStep("b", { cwd: "." }),
  teamStep("c", { needs: ["a"], after: ["b"] }),
  teamStep("d", { needs: ["b"] }),
]);

/** Steps `a` and `b` have ended, the one well, the other not; `c` runs and hears messages, `d` is blocked. */
async function known(): Promise<TeamWorld> {
  const executor = scriptedExecutor({
    started: ({ attempt }) => attempt.onMessage((message) => message.accepted()),
  });
  Object.assign(executor, { takesMessages: () => true } satisfies Partial<Executor>);
  const agents = { skills: [{ name: "tides", path: "/opt/tides" }] };
  const defaults = () => ({ model: "host/model", thinking: "low" });
  const world = await teamWorld({ executors: [executor], host: { agents, defaults } });
  await writeFile(join(world.root, "graph.json"), JSON.stringify(graph));
  const started = await world.call({ action: "start", graph });
  if (!started.ok) throw new Error(started.text);
  const report = executor.running.find(({ step }) => step === "a")!;
  const writer = await report.attempt.createArtifact("final.md");
  await writer.write(Buffer.from("# a"));
  await writer.commit();
  report.end(succeeded("All is well."));
  executor.end("b", failed("It broke."));
  await world.settle();
  executor.progress("c", "So far");
  await world.settle();
  return { ...world, executor };
}

/** Each input that clients of the predecessor give, and which records of the answer are filled then. */
const table: readonly (readonly [Record<string, unknown>, readonly (keyof TeamDetails)[]])[] = [
  [{ action: "catalog" }, ["catalog", "library"]],
  [
    { action: "catalog", library: { sources: ["package"], query: "review", projectAgents: "deny" } },
    ["catalog", "library"],
  ],
  [{ action: "start", graph }, ["run", "steps", "cursor"]],
  [
    {
      action: "start",
      graphFile: "graph.json",
      options: {
        maxRunSeconds: 60,
        terminalRetentionSeconds: 60,
        notify: { mode: "milestones", maxNotices: 1, minIntervalSeconds: 0 },
      },
    },
    ["run", "steps", "cursor"],
  ],
  [{ action: "run_status", runId: "r1" }, ["run", "steps", "outputs", "cursor"]],
  [{ action: "run_status", runId: "r1", stepId: "a", waitSeconds: 1 }, ["run", "steps", "outputs", "cursor"]],
  [{ action: "run_status", runId: "r1", preview: true, maxBytes: 100 }, ["run", "steps", "outputs", "cursor"]],
  [{ action: "run_status", runId: "r1", debugEvents: true }, ["run", "steps", "outputs", "cursor", "events"]],
  [{ action: "run_status", runId: "r1", stepId: "z" }, ["run", "steps", "cursor", "error"]],
  [{ action: "step_result", runId: "r1", stepId: "a" }, ["run", "steps", "outputs", "cursor"]],
  [
    { action: "step_result", runId: "r1", stepId: "c", preview: true, maxBytes: 9 },
    ["run", "steps", "outputs", "cursor"],
  ],
  [
    { action: "message", runId: "r1", stepId: "c", channel: "steer", text: "Hurry.", clientMessageId: "k" },
    ["run", "steps", "message", "cursor"],
  ],
  [
    { action: "message", runId: "r1", stepId: "a", channel: "follow_up", text: "Hurry." },
    ["run", "steps", "message", "cursor", "error"],
  ],
  [{ action: "cleanup", runId: "r1" }, ["run", "steps", "cursor", "error"]],
  [{ action: "cancel", runId: "r1", reason: "Enough." }, ["run", "steps", "cursor"]],
  [{ action: "cancel", runId: "r2" }, ["error"]],
  [{}, ["error"]],
];

const optional = ["run", "cursor", "message", "cleanup", "notice", "error", "library"] as const;
const lists = ["catalog", "events", "steps", "outputs"] as const;

function check(details: TeamDetails, filled: readonly (keyof TeamDetails)[]): void {
  const there = [
    ...optional.filter((name) => details[name] !== undefined),
    ...lists.filter((name) => details[name].length > 0),
  ];
  expect(there.toSorted()).toEqual([...filled].toSorted());
  expect(misfits(details, records.details, "details")).toEqual([]);
  const shapes: Readonly<Record<string, Shape>> = records;
  expect(filled.flatMap((name) => misfits(details[name], shapes[name]!, name))).toEqual([]);
}

describe("a client that only knows the predecessor", () => {
  test.each(table)("gets for %j the records and fields that it knows", async (input, filled) => {
    const { call } = await known();
    const { ok, details } = await call(input);
    check(details, filled);
    expect(ok).toBe(!filled.includes("error"));
  });

  test("finds in the rows of steps what they had: where they worked, with what, why they ended, and what came before", async () => {
    const { call, root } = await known();
    const { details } = await call({ action: "run_status", runId: "r1" });
    const [a, b, c, d] = details.steps;
    const common = { agentRef: "inline:a", callerSkills: ["tides"], model: "host/model", thinking: "low", cwd: root };
    expect(a).toMatchObject({
      ...common,
      stopReason: "succeeded",
      outputChars: 12,
      outputFilePath: expect.any(String),
    });
    expect(b).toMatchObject({ cwd: root, stopReason: "It broke.", errorMessage: "It broke." });
    expect(c).toMatchObject({ status: "running", startedAt: expect.any(String), lastActivity: expect.any(String) });
    expect(c).not.toHaveProperty("stopReason");
    expect(c?.upstreamArtifacts.map(({ stepId, status, chars }) => [stepId, status, chars])).toEqual([
      ["a", "succeeded", 12],
      ["b", "failed", 9],
    ]);
    expect(d).toMatchObject({ status: "blocked", stopReason: "Blocked by b (failed)." });
  });

  test("gets the receipt of a cleanup", async () => {
    const { call, settle } = await known();
    await call({ action: "cancel", runId: "r1" });
    await settle();
    const { details } = await call({ action: "cleanup", runId: "r1" });
    check(details, ["cleanup"]);
    expect(details.cleanup?.deletedPaths).toHaveLength(1);
  });

  test("gets notices with their record, the run and its results, but no events and no texts", async () => {
    const notices: TeamNotice[] = [];
    const world = await teamWorld({ host: { notify: (notice) => void notices.push(notice) } });
    await world.start([teamStep("a")]);
    world.executor.end("a", succeeded("A"));
    await world.settle();
    for (const { details } of notices) check(details, ["run", "steps", "outputs", "cursor", "notice"]);
    expect(notices.map(({ details }) => details.notice?.terminal)).toContain(true);
    expect(notices.flatMap(({ details }) => details.outputs).every(({ text }) => text === undefined)).toBe(true);
  });
});
