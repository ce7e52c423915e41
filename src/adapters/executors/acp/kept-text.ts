import { createHash } from "node:crypto";
import { limits } from "../../../domain/limits.ts";

/**
 * The beginning of a text that is kept for long, as a copy: a piece of a string holds on to all of it, and an agent may write megabytes
 * where a word was expected.
 */
export function keptText(text: string, charsMax: number): string {
  if (text.length <= charsMax) return text;
  return `${Buffer.from(text.slice(0, charsMax - 1), "utf16le").toString("utf16le")}…`;
}

/** An id that an agent has made up, as it is kept: itself, or its hash where it is long. */
export function keptId(id: string): string {
  if (id.length <= limits.acpIdCharsMax) return id;
  return `sha256:${createHash("sha256").update(id).digest("hex")}`;
}
