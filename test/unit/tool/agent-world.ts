import { join } from "node:path";
import { onTestFinished } from "vitest";
import { openRuntime } from "runfold";
import type { AgentOptions, Runtime, RuntimeOptions } from "runfold";
import { createTeamTool } from "runfold/tool";
import type { TeamResult, TeamTool, TeamToolHost } from "runfold/tool";
import type { AgentOrder, AgentProgram } from "../../../src/adapters/executors/agents/agent-program.ts";
import { done, final, scriptedProgram, type AgentAction } from "../../support/scripted-program.ts";
import { workspace } from "./team-world.ts";

export interface AgentWorld {
  readonly root: string;
  readonly tool: TeamTool;
  readonly runtime: Runtime;
  /** What the program was asked to run, in this order. */
  readonly orders: readonly AgentOrder[];
  start(graph: unknown): Promise<TeamResult>;
  call(input: Record<string, unknown>): Promise<TeamResult>;
  /** The status of run `r1` once it has ended. */
  ended(): Promise<TeamResult>;
}

export interface AgentWorldOptions {
  /** The project. Default: a new directory. */
  readonly root?: string;
  readonly agents?: AgentOptions;
  /** What each agent does, by its step; others say `Done.` */
  readonly actions?: Readonly<Record<string, readonly AgentAction[]>>;
  readonly program?: Partial<AgentProgram>;
  readonly host?: TeamToolHost;
  readonly runtime?: RuntimeOptions;
}

/** A tool whose agents are checked and started as real ones are: processes that do as they are told. */
export async function agentWorld(options: AgentWorldOptions = {}): Promise<AgentWorld> {
  const { actions = {}, program = {}, host, agents } = options;
  const root = options.root ?? (await workspace());
  const library = { userDirectory: join(root, "..", "no-agents-of-a-user") };
  const orders: AgentOrder[] = [];
  const kind = "pi";
  const launch: AgentProgram["launch"] = async (order) => {
    orders.push(order);
    const does = actions[order.attempt.step.id] ?? [final("Done."), done];
    return await scriptedProgram(does).launch(order);
  };
  const programs = [scriptedProgram([], { kind, launch, ...program })];
  const runtime = await openRuntime({ root, agents: { programs, library, ...agents }, ...options.runtime });
  onTestFinished(() => runtime.close());
  const tool = createTeamTool(runtime, { root, ...host });
  const call = (input: Record<string, unknown>): Promise<TeamResult> => tool.call(input, { session: "one" });
  return {
    root,
    tool,
    runtime,
    orders,
    call,
    start: (graph) => call({ action: "start", graph }),
    async ended() {
      await (await runtime.get("r1"))!.outcome();
      return await call({ action: "run_status", runId: "r1" });
    },
  };
}
