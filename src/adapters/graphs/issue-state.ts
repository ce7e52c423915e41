import type { BaseIssue } from "valibot";
import { shownValue } from "./shown-value.ts";

/** What is wrong with a value: the kind decides about the code, the text completes "…, but ". */
export interface IssueState {
  readonly kind: "missing" | "blank" | "pattern" | "other";
  readonly text: string;
}

/** Reads from an issue of valibot what is wrong, in words of our own: its messages speak of types, ours of graphs. */
export function stateOf({ type, input }: BaseIssue<unknown>): IssueState {
  switch (type) {
    case "strict_object":
      return { kind: "missing", text: "it is missing" };
    case "min_length":
      return { kind: "blank", text: "it is empty" };
    case "max_length":
    case "max_entries":
      return { kind: "other", text: `it has ${sizeOf(input)}` };
    case "check":
      return { kind: "other", text: "it is longer" };
    case "raw_check":
    case "regex":
      return stateOfText(String(input));
    default:
      return { kind: "other", text: `it is ${shownValue(input)}` };
  }
}

function stateOfText(text: string): IssueState {
  if (text.includes("\u0000")) return { kind: "other", text: "it holds a NUL character, which no process can receive" };
  if (text.trim() === "") return { kind: "blank", text: text === "" ? "it is empty" : "it is blank" };
  return { kind: "pattern", text: `it is ${shownValue(text)}` };
}

function sizeOf(value: unknown): string {
  if (typeof value === "string") return `${value.length} characters`;
  return `${Array.isArray(value) ? value.length : Object.keys(value ?? {}).length} entries`;
}
