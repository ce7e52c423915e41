import { brokenInvariant } from "../domain/errors.ts";
import type { MessageEvent } from "../domain/events.ts";
import type { StepId } from "../domain/ids.ts";
import { limits } from "../domain/limits.ts";
import type { MessageChannel, MessageNumber } from "../domain/message.ts";
import { textHash } from "../domain/text-hash.ts";
import type { MessagePhase } from "./message-machine.ts";

/** A message that something can still become of. */
export interface OpenMessage {
  phase: Extract<MessagePhase, "sent" | "accepted" | "unknown">;
  readonly channel: MessageChannel;
  /** Kept as long as it may have to be sent again: also while nobody can tell, because a late answer may come. */
  readonly text: string;
  readonly key: string | undefined;
}

/** The messages to one attempt of a step. */
export interface StepMessages {
  attempt: number;
  /** How many were sent to this attempt, and their characters together. */
  count: number;
  chars: number;
  /** In the order in which they were sent. */
  readonly open: Map<MessageNumber, OpenMessage>;
}

/**
 * What the machines know of a run's messages, by the ids of their steps: a graph that a fork edits moves none of it. A message
 * that is settled leaves its number and, if it had one, its key; so the size is bounded by `limits.messagesPerRunMax`.
 */
export interface MessageState {
  /** The number of the newest message; 0 before the first. */
  last: MessageNumber;
  /** What each key that was sent stands for, by {@link keyName}: a fingerprint of channel and text. */
  readonly keys: Map<string, string>;
  readonly ofStep: Map<StepId, StepMessages>;
}

export function noMessages(): MessageState {
  return { last: 0, keys: new Map(), ofStep: new Map() };
}

/** A key counts for its step alone. */
export function keyName(step: StepId, key: string): string {
  return `${step}\n${key}`;
}

/** Tells apart what was sent under one key; it need not withstand forgery, because whoever knows the key may send anyway. */
export function fingerprint(channel: MessageChannel, text: string): string {
  return `${channel} ${text.length} ${textHash(text)}`;
}

/** Why an attempt takes no message of so many characters any more, in figures; undefined where it does. */
export function overBudget(messages: StepMessages | undefined, attempt: number, chars: number): string | undefined {
  if (chars === 0) return "It is empty.";
  if (chars > limits.textCharsMax) {
    return `It has ${chars} characters, and a message has at most ${limits.textCharsMax}.`;
  }
  const isCounted = messages?.attempt === attempt;
  const count = isCounted ? messages.count : 0;
  const before = isCounted ? messages.chars : 0;
  if (count >= limits.messagesPerAttemptMax) {
    return `The budget is used up: this attempt was sent ${count} messages, and takes ${limits.messagesPerAttemptMax}.`;
  }
  if (before + chars > limits.messageCharsPerAttemptMax) {
    return `The budget is used up: ${before} characters were sent to this attempt, ${chars} more would pass ${limits.messageCharsPerAttemptMax}.`;
  }
  return undefined;
}

/** Folds an event of a message. */
export function evolveMessage(state: MessageState, event: MessageEvent): void {
  if (event.type === "message.sent") {
    evolveSent(state, event);
    return;
  }
  const open = state.ofStep.get(event.step)?.open;
  const message = open?.get(event.message);
  switch (event.type) {
    case "message.accepted":
      if (message === undefined) throw nobody(event);
      message.phase = "accepted";
      return;
    case "message.unknown":
      if (message === undefined) throw nobody(event);
      message.phase = "unknown";
      return;
    case "message.consumed":
      if (message === undefined) throw nobody(event);
      open!.delete(event.message);
      return;
    case "message.denied":
      // One that was never sent is not there, and has left nothing but its number.
      state.last = Math.max(state.last, event.message);
      open?.delete(event.message);
  }
}

function evolveSent(state: MessageState, event: Extract<MessageEvent, { type: "message.sent" }>): void {
  const { message, step, attempt, channel, text, key } = event;
  state.last = Math.max(state.last, message);
  if (key !== undefined) state.keys.set(keyName(step, key), fingerprint(channel, text));
  let ofStep = state.ofStep.get(step);
  if (ofStep === undefined) {
    ofStep = { attempt, count: 0, chars: 0, open: new Map() };
    state.ofStep.set(step, ofStep);
  }
  // Said once more, it is the same message, and is counted already.
  if (!ofStep.open.has(message)) {
    ofStep.count++;
    ofStep.chars += text.length;
  }
  ofStep.open.set(message, { phase: "sent", channel, text, key });
}

/**
 * Another attempt starts after one that was lost. What is still open is said again to it, and counts towards its budget; about what
 * the lost one never answered for, nobody can be asked any more.
 */
export function carryOver(state: MessageState, step: StepId, attempt: number): void {
  const ofStep = state.ofStep.get(step);
  if (ofStep === undefined) return;
  ofStep.attempt = attempt;
  ofStep.chars = 0;
  for (const [message, { phase, text }] of ofStep.open) {
    if (phase === "unknown") ofStep.open.delete(message);
    else ofStep.chars += text.length;
  }
  ofStep.count = ofStep.open.size;
  if (ofStep.count === 0) state.ofStep.delete(step);
}

function nobody({ type, message }: MessageEvent): Error {
  return brokenInvariant(`${type} names a message that was sent and is not settled, not ${message}`);
}
