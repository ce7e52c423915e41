import { limits } from "../../../domain/limits.ts";
import type { Timer } from "../../../ports/clock.ts";
import type { RecordChild } from "../processes/agent-child.ts";
import type { AttemptProcesses } from "../processes/attempt-processes.ts";
import type { AgentEnding, AgentOrder, AgentProgram } from "./agent-program.ts";
import { reasonOf } from "./cut-text.ts";

/**
 * Lets the program talk until it is done. After a request to stop it has a part of the grace to say goodbye in its own words; then `end` is called, by
 * which the child's records close, and the talk with them. A program that goes on even then is left to itself. Never rejects.
 */
export async function converseOrStop(
  program: AgentProgram,
  child: RecordChild,
  order: AgentOrder,
  { clock, stop }: Pick<AttemptProcesses, "clock" | "stop">,
  end: () => Promise<unknown>,
): Promise<AgentEnding> {
  let timer: Timer | undefined;
  let isOver = false;
  const arm = (afterMs: number, fire: () => void): void => {
    timer?.cancel();
    if (!isOver) timer = clock.setTimer(clock.now() + afterMs, fire);
  };
  let forget = (): void => undefined;
  const deserted = new Promise<AgentEnding>((resolve) => {
    const desert = (): void => resolve(broken(`${program.kind} went on after its process had been ended`));
    const endAndWait = async (): Promise<void> => {
      await end();
      arm(limits.abortConfirmMs, desert);
    };
    let isEnding = false;
    forget = stop.onRequest(() => {
      if (isEnding) return;
      const graceMs = Math.max(0, stop.killAt - clock.now());
      arm(graceMs * limits.agentGoodbyeFraction, () => {
        isEnding = true;
        void endAndWait();
      });
    });
  });
  try {
    return await Promise.race([talk(program, child, order), deserted]);
  } finally {
    isOver = true;
    forget();
    timer?.cancel();
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
