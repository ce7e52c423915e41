import { mkdtemp, realpath, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { directoryArtifacts, memoryJournal, openRuntime } from "runfold";
import type { Runtime, RuntimeOptions } from "runfold";
import { scriptedExecutor, virtualClock } from "runfold/testing";
import type { ScriptedExecutor, VirtualClock } from "runfold/testing";
import { createTeamTool } from "runfold/tool";
import type { TeamCallOptions, TeamResult, TeamTool, TeamToolHost } from "runfold/tool";

type Fields = Record<string, unknown>;

/** A step of the tool's input whose agent is written in it. */
export function teamStep(id: string, rest: Fields = {}): Fields {
  return { id, agent: { system: "You help.", tools: ["read"] }, task: `Do ${id}.`, ...rest };
}

/** A graph of the tool's input that may be started. */
export function teamInput(steps: readonly unknown[], rest: Fields = {}): Fields {
  return { objective: "Be tested.", authority: { allowFilesystemRead: true }, steps, ...rest };
}

/** A directory of its own, gone when the test is over. */
export async function workspace(): Promise<string> {
  const path = await realpath(await mkdtemp(join(tmpdir(), "runfold-tool-")));
  onTestFinished(() => rm(path, { recursive: true, force: true }));
  return path;
}

export interface TeamWorld {
  readonly runtime: Runtime;
  readonly tool: TeamTool;
  readonly executor: ScriptedExecutor;
  readonly clock: VirtualClock;
  readonly root: string;
  call(input: Fields, options?: TeamCallOptions): Promise<TeamResult>;
  /** Starts a graph and gives the id of its run. */
  start(steps: readonly unknown[], rest?: Fields, options?: TeamCallOptions): Promise<string>;
  /** Lets everything happen that can happen without time passing. */
  settle(): Promise<void>;
}

/** The tool over a runtime whose agents end when the test says so. */
export async function teamWorld({
  host = {},
  ...options
}: RuntimeOptions & { readonly host?: TeamToolHost } = {}): Promise<TeamWorld> {
  const root = await workspace();
  const executor = scriptedExecutor();
  const clock = virtualClock({ startMs: 1_000_000 });
  const runtime = await openRuntime({
    journal: memoryJournal(),
    artifacts: directoryArtifacts(join(root, ".artifacts")),
    clock,
    root,
    executors: [executor],
    ...options,
  });
  const tool = createTeamTool(runtime, { root, ...host });
  onTestFinished(async () => {
    tool.close();
    await runtime.close();
  });
  const session = { session: "one" };
  const call = (input: Fields, given: TeamCallOptions = session): Promise<TeamResult> => tool.call(input, given);
  const start = async (steps: readonly unknown[], rest: Fields = {}, given = session): Promise<string> => {
    const result = await call({ action: "start", graph: teamInput(steps), ...rest }, given);
    if (!result.ok) throw new Error(result.text);
    return result.details.run!.runId;
  };
  return { runtime, tool, executor, clock, root, call, start, settle: () => clock.advanceBy(0) };
}

/** How run `r1` stands. */
export function statusOf(world: TeamWorld, rest: Fields = {}): Promise<TeamResult> {
  return world.call({ action: "run_status", runId: "r1", ...rest });
}
