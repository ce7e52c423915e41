import { brokenInvariant } from "../domain/errors.ts";
import type { StepId } from "../domain/ids.ts";
import type { MessageSignal } from "./message-machine.ts";
import { disagreement, recordEvent } from "./turn.ts";
import { messageTable } from "./run-state.ts";
import type { Turn } from "./turn.ts";

/** Sends a signal to a message's machine. The kernel only sends what the machine takes. */
export function emitMessage(turn: Turn, signal: MessageSignal): void {
  const { messages } = turn.state;
  const phase = messages.ofStep.get(signal.step)?.open.get(signal.message)?.phase ?? "unsent";
  const cell = messageTable.cell(phase, signal.type);
  if (cell === undefined) throw brokenInvariant(`a message that is ${phase} takes ${signal.type}`);
  recordEvent(turn, cell.make(signal));
  const after = messages.ofStep.get(signal.step)?.open.get(signal.message)?.phase;
  const isSettled = cell.next === "consumed" || cell.next === "denied";
  if (after !== (isSettled ? undefined : cell.next)) throw disagreement(signal.type, cell.next);
}

/**
 * An attempt comes to its end, and what it was not given it will never be given: no message is dropped without a word. Of an attempt
 * that was lost with its process nobody knows what it was given.
 */
export function closeMessages(turn: Turn, step: StepId, isLost: boolean): void {
  const ofStep = turn.state.messages.ofStep.get(step);
  if (ofStep === undefined) return;
  const { attempt } = ofStep;
  for (const [message, { phase, channel, key }] of ofStep.open) {
    if (phase === "unknown") continue;
    const addressed = { message, step, attempt };
    if (isLost) emitMessage(turn, { type: "lose", ...addressed, reason: lost });
    else emitMessage(turn, { type: "deny", ...addressed, channel, reason: notExecuted, key });
  }
}

/** The work goes on after its process was lost: what may not have been read is said again, in the same order. */
export function resendMessages(turn: Turn, step: StepId, attempt: number): void {
  const ofStep = turn.state.messages.ofStep.get(step);
  if (ofStep === undefined) return;
  // Each keeps its place while it is put down anew, so none of them comes twice.
  for (const [message, { phase, channel, text, key }] of ofStep.open) {
    if (phase !== "unknown") emitMessage(turn, { type: "resend", message, step, attempt, channel, text, key });
  }
}

const notExecuted = "It was not executed: the attempt ended before the agent was given it.";
const lost = "The process that ran the attempt was lost. Whether the agent was given it is unknown.";
