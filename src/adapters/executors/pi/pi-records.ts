import type { Fields } from "../../../domain/fields.ts";
import { hasFields, isRecord } from "../../../domain/fields.ts";

/** How an assistant message, or a whole run of the agent, says that it ended. */
export interface StopNote {
  /** Lower-cased: `stop`, `length`, `tooluse`, `error`, `aborted`, or one of a version to come. */
  readonly reason: string | undefined;
  readonly error: string | undefined;
}

export function textField(fields: Fields, name: string): string | undefined {
  const value = fields[name];
  return typeof value === "string" ? value : undefined;
}

/** A field that is an object, or an empty one: records are looked into without trust. */
export function fieldsOf(fields: Fields, name: string): Fields {
  const value = fields[name];
  return isRecord(value) ? value : {};
}

export function listOf(fields: Fields, name: string): readonly unknown[] {
  const value = fields[name];
  return Array.isArray(value) ? value : [];
}

/** The text of a message or a tool's result: its text blocks in order, or its content where that is a plain text. */
export function contentText(message: Fields): string {
  const content = message["content"];
  if (typeof content === "string") return content;
  if (!Array.isArray(content)) return "";
  let text = "";
  for (const block of content) {
    if (hasFields(block) && block["type"] === "text") text += textField(block, "text") ?? "";
  }
  return text;
}

/** Versions have spelt the field either way. */
export function stopNoteOf(fields: Fields): StopNote {
  const reason = textField(fields, "stopReason") ?? textField(fields, "stop_reason");
  const error = textField(fields, "errorMessage") ?? textField(fields, "error_message") ?? textField(fields, "error");
  return { reason: reason?.trim().toLowerCase() || undefined, error: error?.trim() || undefined };
}

/** The last assistant message of a list, as `agent_end` carries it. */
export function lastAssistant(messages: readonly unknown[]): Fields | undefined {
  for (let index = messages.length - 1; index >= 0; index--) {
    const message = messages[index];
    if (isRecord(message) && message["role"] === "assistant") return message;
  }
  return undefined;
}
