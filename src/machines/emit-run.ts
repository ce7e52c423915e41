import { brokenInvariant } from "../domain/errors.ts";
import type { RunSignal } from "./run-machine.ts";
import { runTable } from "./run-state.ts";
import { disagreement, recordEvent } from "./turn.ts";
import type { Turn } from "./turn.ts";

/** Sends a signal to the run's machine. The kernel only sends what the machine takes. */
export function emitRun(turn: Turn, signal: RunSignal): void {
  const { state } = turn;
  const cell = runTable.cell(state.phase, signal.type);
  if (cell === undefined) throw brokenInvariant(`a run that is ${state.phase} takes ${signal.type}`);
  recordEvent(turn, cell.make(signal));
  if (state.phase !== cell.next) throw disagreement(signal.type, cell.next);
}
