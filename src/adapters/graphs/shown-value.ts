import { quotedText } from "../../domain/quoted-text.ts";

/** A value that someone gave, in a few words for a message. Never looks inside, so depth and size do not matter. */
export function shownValue(value: unknown): string {
  if (typeof value === "string") return quotedText(value);
  if (Array.isArray(value)) return value.length === 0 ? "an empty list" : `a list of ${value.length}`;
  if (typeof value === "object" && value !== null) return "an object";
  if (typeof value === "function" || typeof value === "symbol") return `a ${typeof value}`;
  return String(value);
}
