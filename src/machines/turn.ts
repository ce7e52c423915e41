import { brokenInvariant } from "../domain/errors.ts";
import type { RunfoldError } from "../domain/errors.ts";
import type { Event } from "../domain/events.ts";
import type { EpochMs } from "../domain/ids.ts";
import type { Refusal, RefusalReason } from "../domain/inputs.ts";
import { evolve } from "./evolve.ts";
import type { RunState } from "./run-state.ts";

/** One input being decided: the events so far have already been folded into the state. */
export interface Turn {
  readonly state: RunState;
  readonly at: EpochMs;
  /** The version whose rules hold; see `replay-changes.ts`. */
  readonly schema: number;
  readonly events: Event[];
}

export function refusal(refused: RefusalReason, message: string): Refusal {
  return { refused, message };
}

/** Takes down what a machine emitted: it is folded at once, so that the next signal meets the state that it left. */
export function recordEvent(turn: Turn, event: Event): void {
  evolve(turn.state, event, turn.at);
  turn.events.push(event);
}

/** The chart and the fold say different things about what an event leads to. */
export function disagreement(signal: string, next: string): RunfoldError {
  return brokenInvariant(`${signal} leads to ${next}, and the fold agrees`);
}
