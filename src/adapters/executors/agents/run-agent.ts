import type { AgentDocument } from "../../../domain/agent.ts";
import type { Attempt, AttemptResult } from "../../../ports/executor.ts";
import type { AttemptProcesses } from "../processes/attempt-processes.ts";
import { endNow, letLeave, type LeavingChild } from "../processes/close-out.ts";
import { gateProblem } from "../processes/gate-problem.ts";
import { launchProblem } from "../processes/launch-problem.ts";
import { ProcessRecordChild } from "../processes/record-child.ts";
import type { ProcessExit } from "../processes/spawn-guarded.ts";
import { launchEnvironment } from "./agent-environment.ts";
import {
  LaunchDenied,
  type AgentEnding,
  type AgentLaunch,
  type AgentOrder,
  type AgentProgram,
} from "./agent-program.ts";
import { stoppedFailure } from "./agent-failure.ts";
import { agentResult, joinedFinals, launchFailure, leftText } from "./agent-result.ts";
import { converseOrStop } from "./converse-or-stop.ts";
import { reasonOf } from "./reason-of.ts";
import { writeFinalArtifact } from "./final-artifact.ts";
import type { Handoff } from "./handoff.ts";
import type { KnownSources } from "./known-sources.ts";
import { grantedSources, launchDenial, type LaunchDenial } from "./launch-checks.ts";
import { prepareOrder, resolveProfile, type AgentOffer } from "./prepare-order.ts";
import { stoppableAttempt } from "./stoppable-attempt.ts";

/** What all agents of one executor share. */
export interface AgentTools extends AgentOffer {
  readonly environment: NodeJS.ProcessEnv;
  readonly inheritVariables: readonly string[];
  readonly sources: KnownSources;
}

/**
 * One attempt of one agent, from its preparation until nothing of it is left. `settle` gets the result: after a success at once, while the
 * agent still leaves; else when it is gone.
 */
export async function runAgent(
  attempt: Attempt,
  agent: AgentDocument,
  program: AgentProgram,
  processes: AttemptProcesses,
  tools: AgentTools,
  settle: (result: AttemptResult) => void,
): Promise<void> {
  await new AgentRun(stoppableAttempt(attempt, processes.stop), agent, program, processes, tools).run(settle);
}

class AgentRun {
  private readonly attempt: Attempt;
  private readonly agent: AgentDocument;
  private readonly program: AgentProgram;
  private readonly processes: AttemptProcesses;
  private readonly tools: AgentTools;
  private readonly startedAt: number;
  private handoff: Handoff | undefined;

  constructor(
    attempt: Attempt,
    agent: AgentDocument,
    program: AgentProgram,
    processes: AttemptProcesses,
    tools: AgentTools,
  ) {
    this.attempt = attempt;
    this.agent = agent;
    this.program = program;
    this.processes = processes;
    this.tools = tools;
    this.startedAt = processes.clock.now();
  }

  async run(settle: (result: AttemptResult) => void): Promise<void> {
    const started = await this.start();
    if ("type" in started) {
      settle(await this.reported(started, undefined));
      return;
    }
    const { child, order } = started;
    const { processes, program } = this;
    let isSettled = false;
    const diagnostic: Attempt["diagnostic"] = (code, severity, message) => {
      // Who closes the executor while agents leave wants them gone; only that one cannot be ended is news then.
      const isAsked = isSettled && processes.stop.request !== undefined;
      if (severity === "error" || !isAsked) this.attempt.diagnostic(code, severity, message);
    };
    const leaving: LeavingChild = { child, processes, diagnostic };
    let ended: Promise<unknown> | undefined;
    const end = (): Promise<unknown> => (ended ??= endNow(leaving));
    const ending = await converseOrStop(program, child, order, processes, end);
    if (ending.type === "failed") await end();
    // As long as there is a place for it in the journal.
    child.tellStrayLines();
    const gate = gateProblem(processes.gateName, child.exit, child.stderrTail);
    const result =
      ending.type === "failed" && gate !== undefined
        ? launchFailure("launch-failed", `The program of ${program.kind} could not be executed: ${gate}`)
        : await agentResult(this.attempt, ending, processes.stop.request);
    const reported = await this.reported(result, ending, child.stderrTail);
    isSettled = true;
    if (ended === undefined) processes.isLeaving = true;
    settle(reported);
    if (ended === undefined) this.tellExit((await letLeave(leaving)).exit, diagnostic);
    else await ended;
  }

  /** How an agent leaves changes nothing of its answer, but somebody may have to know. */
  private tellExit(exit: ProcessExit | undefined, diagnostic: Attempt["diagnostic"]): void {
    const code = exit?.code ?? 0;
    if (code === 0) return;
    diagnostic("agent-exit", "warning", `The agent had answered, and its process ended with exit code ${code}.`);
  }

  /** Starts the agent, or says with which result the attempt ends instead. */
  private async start(): Promise<{ readonly child: ProcessRecordChild; readonly order: AgentOrder } | AttemptResult> {
    let ready: { readonly order: AgentOrder; readonly launch: AgentLaunch } | LaunchDenial;
    try {
      ready = await this.prepare();
    } catch (error) {
      // Nothing above is meant to throw; if it does, this step alone fails.
      return launchFailure("launch-check-failed", `The start of the agent could not be checked: ${reasonOf(error)}`);
    }
    if ("code" in ready) return launchFailure(ready.code, ready.message);
    const { order, launch } = ready;
    const { request } = this.processes.stop;
    if (request !== undefined) return { type: "failed", failure: stoppedFailure(request) };
    try {
      const process = await this.processes.start({ ...launch, cwd: order.cwd, stdin: "pipe" });
      const child = new ProcessRecordChild(process, {
        clock: this.processes.clock,
        diagnostic: (code, severity, message) => this.attempt.diagnostic(code, severity, message),
      });
      return { child, order };
    } catch (error) {
      return launchFailure("launch-failed", launchProblem(`The program of ${this.program.kind}`, error));
    }
  }

  private async prepare(): Promise<{ readonly order: AgentOrder; readonly launch: AgentLaunch } | LaunchDenial> {
    const { attempt, agent, processes, program, tools } = this;
    const profile = await resolveProfile(attempt, agent, tools);
    if ("code" in profile) return profile;
    const prepared = await prepareOrder(attempt, agent, profile, processes.clock, processes.files);
    if ("code" in prepared) return prepared;
    this.handoff = prepared.handoff;
    let launch: AgentLaunch;
    try {
      launch = await program.launch(prepared.order);
    } catch (error) {
      if (!(error instanceof LaunchDenied)) throw error;
      return { code: "launch-denied", message: error.message };
    }
    const granted = grantedSources(profile, tools.extensions, tools.skills);
    const denial = await launchDenial(attempt, profile, granted, tools.sources, program.projectSettings);
    if (denial !== undefined) return denial;
    const { cwd } = prepared.order;
    const { environment: parent, inheritVariables: alsoInherit } = tools;
    const environment = await launchEnvironment(attempt, launch, { cwd, parent, alsoInherit });
    return { order: prepared.order, launch: { argv: launch.argv, environment } };
  }

  /** Gives the result back when all about it is written down. */
  private async reported(
    result: AttemptResult,
    ending: AgentEnding | undefined,
    stderrTail = "",
  ): Promise<AttemptResult> {
    const { attempt } = this;
    const said =
      ending === undefined ? "" : ending.type === "succeeded" ? joinedFinals(ending.finals) : leftText(ending);
    await writeFinalArtifact({
      attempt,
      result,
      body: said.trim() === "" && result.type === "failed" ? result.failure.message : said,
      agentRef: attempt.definition?.ref ?? `inline:${attempt.step.id}`,
      agentSource: attempt.definition?.filePath ?? "inline",
      cwd: attempt.place?.realPath ?? attempt.root,
      startedAt: this.startedAt,
      endedAt: this.processes.clock.now(),
      handoff: this.handoff,
      stderrTail,
    });
    return result;
  }
}
