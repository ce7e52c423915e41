import { isRecord } from "../domain/fields.ts";
import type { Command } from "../domain/inputs.ts";
import type { Json } from "../domain/json.ts";
import { limits } from "../domain/limits.ts";
import { isChannel, isMessageKey } from "./checked-message.ts";

/** A message as a command. One that says nothing we know is recorded, so that its sender can find out. */
export function commandOf(message: Json): Command {
  if (isRecord(message)) {
    const { type, reason, force, step, channel, text, key } = message;
    if (type === "run.cancel" && typeof reason === "string" && typeof force === "boolean") {
      return { type, reason: reason.slice(0, limits.reasonCharsMax), force };
    }
    const isSend = type === "message.send" && typeof step === "string" && isChannel(channel) && isMessageKey(key);
    if (isSend && typeof text === "string" && text.length <= limits.textCharsMax) {
      return { type, step, channel, text, key };
    }
  }
  const shown = JSON.stringify(message).slice(0, limits.reasonCharsMax);
  return {
    type: "diagnostic.record",
    code: "inbox-message-unknown",
    severity: "warning",
    message: `A message from another process was not understood: ${shown}`,
  };
}
