import type { StopCause } from "../domain/events.ts";
import { phaseOf } from "./run-state.ts";
import { emitStep } from "./emit.ts";
import { emitRun } from "./emit-run.ts";
import type { Turn } from "./turn.ts";

/** In declared order: what has not started never will, what runs is told to stop, what is being stopped is told again if forced. */
export function stopSteps(turn: Turn, cause: StopCause, force: boolean): void {
  const { state } = turn;
  for (let number = 0; number < state.phases.length; number++) {
    const attempt = state.attempts[number]!;
    const step = state.plan.ids[number]!;
    switch (phaseOf(state, number)) {
      case "pending":
      case "waiting":
      case "interrupted":
        emitStep(turn, number, { type: "cancel", step, attempt, reason: state.stopReason });
        break;
      case "running":
        emitStep(turn, number, { type: "stop.cancel", step, attempt, cause, force });
        break;
      case "canceling":
        if (force) emitStep(turn, number, { type: "stop.force", step, attempt, cause, force });
        break;
      case "timingOut":
        if (force) emitStep(turn, number, { type: "stop.force", step, attempt, cause: "timedOut", force });
        break;
      case "succeeded":
      case "failed":
      case "blocked":
      case "timedOut":
      case "canceled":
        break;
    }
  }
}

/** The run has passed its deadline: it takes on nothing more, and what is under way is told to stop. */
export function expireRun(turn: Turn): void {
  emitRun(turn, { type: "expire", deadlineAt: turn.state.deadlineAt });
  stopSteps(turn, "expired", false);
}
