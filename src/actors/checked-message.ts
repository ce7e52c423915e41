import { RunfoldError } from "../domain/errors.ts";
import { isRecord } from "../domain/fields.ts";
import { limits } from "../domain/limits.ts";
import type { MessageChannel } from "../domain/message.ts";
import { quotedValue } from "../domain/quoted-text.ts";

export interface MessageOptions {
  /** When the agent is to hear it; see {@link MessageChannel}. */
  readonly channel: MessageChannel;
  /** 1 to `limits.textCharsMax` UTF-16 units. */
  readonly text: string;
  /**
   * Names the message among those to its step: the same key with the same channel and text is the same message, however often it is
   * sent. 1 to `limits.messageKeyCharsMax` UTF-16 units. Default: none; from a process that does not write the run, a
   * new unique one.
   */
  readonly key?: string;
  /** Ends the waiting for the answer; what has been sent stays sent. */
  readonly signal?: AbortSignal;
}

/**
 * What a caller without types may have got wrong.
 * @throws `message.invalid`
 */
export function checkedMessage(options: MessageOptions): MessageOptions {
  if (!isRecord(options)) throw invalid("options", "Give its channel and its text.");
  const { channel, text, key } = options;
  if (!isChannel(channel)) {
    throw invalid("channel", `Its channel is "steer" or "follow_up", not ${quotedValue(channel)}.`);
  }
  if (typeof text !== "string" || text === "") throw invalid("text", "It has no text.");
  if (text.length > limits.textCharsMax) {
    throw invalid("text", `It has ${text.length} characters, and a message has at most ${limits.textCharsMax}.`);
  }
  if (key !== undefined && !isMessageKey(key)) {
    throw invalid("key", `Its key is a text of 1 to ${limits.messageKeyCharsMax} characters.`);
  }
  return options;
}

export function isChannel(channel: unknown): channel is MessageChannel {
  return channel === "steer" || channel === "follow_up";
}

export function isMessageKey(key: unknown): key is string {
  return typeof key === "string" && key !== "" && key.length <= limits.messageKeyCharsMax;
}

function invalid(field: string, why: string): RunfoldError {
  return new RunfoldError("message.invalid", `This is no message that can be sent. ${why}`, { details: { field } });
}
