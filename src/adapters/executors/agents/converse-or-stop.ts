import { limits } from "../../../domain/limits.ts";
import type { Timer } from "../../../ports/clock.ts";
import type { RecordChild } from "../processes/agent-child.ts";
import type { AttemptProcesses } from "../processes/attempt-processes.ts";
import type { AgentEnding, AgentOrder, AgentProgram } from "./agent-program.ts";
import { reasonOf } from "./reason-of.ts";

/**
 * Lets the program talk until it is done. After a request to stop it has a part of the grace to say goodbye in its own words; then `end` is called, by
 * which the child's records close, and the talk with them. A program that goes on even then is left to itself. Never rejects.
 */
export async function converseOrStop(
  program: AgentProgram,
  child: RecordChild,
  order: AgentOrder,
  processes: Pick<AttemptProcesses, "clock" | "stop">,
  end: () => Promise<unknown>,
): Promise<AgentEnding> {
  const goodbye = new Goodbye(processes, end);
  const deserted = goodbye.isOver.then(() => broken(`${program.kind} went on after its process had been ended`));
  try {
    return await Promise.race([talk(program, child, order), deserted]);
  } finally {
    goodbye.forget();
  }
}

/** The time that a stopped agent has. */
class Goodbye {
  /** Settles when its process has been ended, and its program could have noticed. */
  readonly isOver: Promise<void>;
  readonly forget: () => void;
  private readonly processes: Pick<AttemptProcesses, "clock" | "stop">;
  private readonly end: () => Promise<unknown>;
  private timer: Timer | undefined;
  private state: "waiting" | "ending" | "forgotten" = "waiting";
  private settle!: () => void;

  constructor(processes: Pick<AttemptProcesses, "clock" | "stop">, end: () => Promise<unknown>) {
    this.processes = processes;
    this.end = end;
    this.isOver = new Promise((resolve) => (this.settle = resolve));
    const ignore = processes.stop.onRequest(() => this.hear());
    this.forget = () => {
      this.state = "forgotten";
      ignore();
      this.timer?.cancel();
    };
  }

  /** Again at each request, since a later one may leave less time. */
  private hear(): void {
    if (this.state !== "waiting") return;
    const { clock, stop } = this.processes;
    const graceMs = Math.max(0, stop.killAt - clock.now());
    this.arm(graceMs * limits.agentGoodbyeFraction, () => void this.endProcess());
  }

  private async endProcess(): Promise<void> {
    this.state = "ending";
    await this.end();
    this.arm(limits.abortConfirmMs, this.settle);
  }

  private arm(afterMs: number, fire: () => void): void {
    const { clock } = this.processes;
    this.timer?.cancel();
    if (this.state !== "forgotten") this.timer = clock.setTimer(clock.now() + afterMs, fire);
  }
}

async function talk(program: AgentProgram, child: RecordChild, order: AgentOrder): Promise<AgentEnding> {
  try {
    return await program.converse(child, order);
  } catch (error) {
    return broken(`${program.kind} threw: ${reasonOf(error)}`);
  }
}

/** A defect of an agent program, not of its agent. */
function broken(why: string): AgentEnding {
  const message = `The agent program broke its contract: ${why}`;
  return { type: "failed", failure: { kind: "executor", message }, finals: [], lastText: "" };
}
