import type { Command, Refusal, Report } from "../domain/inputs.ts";
import { limits } from "../domain/limits.ts";
import { emitMessage } from "./emit-message.ts";
import type { MessageSignal } from "./message-machine.ts";
import { fingerprint, keyName, overBudget } from "./message-state.ts";
import type { OpenMessage } from "./message-state.ts";
import { messageTable, phaseOf } from "./run-state.ts";
import type { RunState } from "./run-state.ts";
import { refusal } from "./turn.ts";
import type { Turn } from "./turn.ts";

/**
 * Somebody has something to say to a step. Whatever becomes of it is an event, but for what is not worth one: the same message once
 * more, and one beyond what a run records. A key belongs to the message that was sent with it; one that was denied before that, because
 * the step was not running or had been told enough, leaves its key free.
 */
export function decideSend(turn: Turn, input: Extract<Command, { type: "message.send" }>): Refusal | undefined {
  const { state } = turn;
  const { messages } = state;
  const { step: id, channel, text, key } = input;
  const step = state.plan.numberOf.get(id);
  if (step === undefined) return refusal("unknownStep", `The graph has no step ${id}.`);
  const known = key === undefined ? undefined : messages.keys.get(keyName(id, key));
  const isKnown = known !== undefined && known === fingerprint(channel, text);
  if (isKnown) return refusal("repeated", `This message to step ${id} has been sent before.`);
  if (messages.last >= limits.messagesPerRunMax) {
    return refusal("limited", `A run records ${limits.messagesPerRunMax} messages.`);
  }
  const attempt = state.attempts[step]!;
  const message = messages.last + 1;
  const reason =
    known === undefined
      ? (whyNotLive(state, step) ?? overBudget(messages.ofStep.get(id), attempt, text.length))
      : "Its key is conflicting: another message to this step was sent with it.";
  if (reason === undefined) emitMessage(turn, { type: "send", message, step: id, attempt, channel, text, key });
  else emitMessage(turn, { type: "deny", message, step: id, attempt, channel, reason, key });
  return undefined;
}

/** Why a step has no attempt that could take a message now; it may have one later. */
function whyNotLive(state: RunState, step: number): string | undefined {
  switch (phaseOf(state, step)) {
    case "running":
      return undefined;
    case "pending":
    case "interrupted":
      return "The step is not running yet.";
    case "waiting":
      return "The step is not running: it waits for its next attempt.";
    case "canceling":
    case "timingOut":
      return "The step is being stopped.";
    case "succeeded":
    case "failed":
    case "blocked":
    case "timedOut":
    case "canceled":
      return "The step has ended.";
  }
}

/** What the agent's program says of a message. Its attempt is known to be under way. */
export function decideMessageReport(
  turn: Turn,
  report: Extract<Report, { type: "message.report" }>,
): Refusal | undefined {
  const { step, attempt, message } = report;
  const open = turn.state.messages.ofStep.get(step)?.open.get(message);
  if (open === undefined) {
    return refusal("stale", `Message ${message} to attempt ${attempt} of step ${step} is settled, or there is none.`);
  }
  const signal = signalOf(report, open);
  if (messageTable.cell(open.phase, signal.type) === undefined) {
    return refusal("repeated", `Message ${message} is ${open.phase} already.`);
  }
  emitMessage(turn, signal);
  return undefined;
}

function signalOf(
  { step, attempt, message, outcome, reason = "No reason was given." }: Extract<Report, { type: "message.report" }>,
  { channel, key }: Pick<OpenMessage, "channel" | "key">,
): MessageSignal {
  const addressed = { message, step, attempt };
  switch (outcome) {
    case "accepted":
      return { type: "accept", ...addressed };
    case "consumed":
      return { type: "consume", ...addressed };
    case "denied":
      return { type: "deny", ...addressed, channel, reason, key };
    case "unknown":
      return { type: "lose", ...addressed, reason };
  }
}
