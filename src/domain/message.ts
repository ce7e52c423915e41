import type { StepId } from "./ids.ts";

/**
 * When an agent is to hear a message: `steer` after the tool calls of its current turn, before it thinks on; `follow_up` when it
 * would otherwise be done. Written as the wire writes it.
 */
export type MessageChannel = "steer" | "follow_up";

/** Names a message within its run: 1 for the first that anyone sent to any of its steps. */
export type MessageNumber = number;

/**
 * What became of a message so far.
 *
 * - `sent`: recorded, and on its way to the attempt that was running
 * - `accepted`: the agent's program took it; the agent has not read it yet
 * - `consumed`: the agent was given it
 * - `denied`: it was not delivered, and will not be
 * - `unknown`: nobody can tell whether it was delivered
 */
export type MessageStatus = "sent" | "accepted" | "consumed" | "denied" | "unknown";

/** What a sender learns of a message. */
export interface MessageReceipt {
  readonly step: StepId;
  readonly channel: MessageChannel;
  /** The sender's own name for it; the same again is the same message, never a second one. */
  readonly key: string | undefined;
  /** Undefined where it was refused before it was recorded: the run had ended, or a limit was reached. */
  readonly message: MessageNumber | undefined;
  readonly status: MessageStatus;
  /** Why it was denied, or why nobody can tell. */
  readonly reason: string | undefined;
  /** Whether this key had been sent before, with the same channel and text. */
  readonly isReused: boolean;
}
