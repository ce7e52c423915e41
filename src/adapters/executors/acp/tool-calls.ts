import { isRecord, type Fields } from "../../../domain/fields.ts";
import { limits } from "../../../domain/limits.ts";
import { toolSummary } from "../../../domain/tool-summary.ts";
import type { ToolReport } from "../../../ports/executor.ts";
import { keptId, keptText } from "./kept-text.ts";

interface ToolCall {
  tool: string;
  kind: string;
  title: string;
  hasEnded: boolean;
  /** What is said of its end where the agent says nothing. */
  otherwise: string;
}

const untold = "The turn was over before the agent told how the call ended.";

/** What became of the tool calls by one update. */
export type ToolChange = "started" | "ended" | "none";

/**
 * The tool calls of one session, by their ids. Agents are lax with them: some tell of a call first when it has ended, or when they
 * ask for permission, and some go on about it after its end. Each call is reported as started once, and as ended once.
 */
export class ToolCalls {
  readonly #report: (call: ToolReport) => void;
  readonly #calls = new Map<string, ToolCall>();

  constructor(report: (call: ToolReport) => void) {
    this.#report = report;
  }

  /** A `tool_call`, a `tool_call_update`, or the tool call of a request for permission. */
  update(update: Fields): ToolChange {
    const said = textIn(update, "toolCallId");
    if (said === undefined) return "none";
    const id = keptId(said);
    const known = this.#calls.get(id);
    const call = known ?? this.#begin(id, update);
    call.kind = wordIn(update, "kind") ?? call.kind;
    call.title = titleIn(update) ?? call.title;
    const status = textIn(update, "status");
    if (call.hasEnded || (status !== "completed" && status !== "failed"))
      return known === undefined ? "started" : "none";
    call.hasEnded = true;
    this.#end(id, call, status === "failed", resultIn(update) ?? call.title);
    return known === undefined ? "started" : "ended";
  }

  /** What is known of a call, for whoever has to decide about it. */
  about(id: string): { readonly kind: string; readonly title: string } {
    const { kind, title } = this.#calls.get(keptId(id)) ?? { kind: "other", title: "" };
    return { kind, title };
  }

  /** How a request for permission was answered. */
  decided(id: string, decision: string): void {
    const isError = !decision.startsWith("allow");
    const key = keptId(id);
    const call = this.#calls.get(key);
    if (isError && call !== undefined) call.otherwise = `It was not allowed (${decision}).`;
    const summary = toolSummary(`${decision}: ${this.about(id).title}`);
    this.#report({ tool: "permission", phase: "ended", call: key, isError, summary });
  }

  /** No more will come of the calls of this turn. */
  endTurn(): void {
    for (const [id, call] of this.#calls) {
      if (!call.hasEnded) this.#end(id, call, true, call.otherwise);
    }
    this.#calls.clear();
  }

  #begin(id: string, update: Fields): ToolCall {
    const kind = wordIn(update, "kind") ?? "other";
    const tool = wordIn(update, "name") ?? (kind === "other" ? "tool" : kind);
    const call = { tool, kind, title: titleIn(update) ?? "", hasEnded: false, otherwise: untold };
    if (this.#calls.size >= limits.acpToolCallsMax) this.#forgetOne();
    this.#calls.set(id, call);
    this.#report({ tool, phase: "started", call: id, summary: toolSummary(call.title) });
    return call;
  }

  #end(id: string, call: ToolCall, isError: boolean, summary: string): void {
    this.#report({ tool: call.tool, phase: "ended", call: id, isError, summary: toolSummary(summary) });
  }

  #forgetOne(): void {
    for (const [id, call] of this.#calls) {
      if (!call.hasEnded) this.#end(id, call, true, "Too many tool calls are open to keep track of this one.");
      this.#calls.delete(id);
      return;
    }
  }
}

/** The first text that the tool gave, as far as the agent shows it. */
function resultIn(update: Fields): string | undefined {
  const { content } = update;
  if (!Array.isArray(content)) return undefined;
  for (const part of content) {
    const block: unknown = isRecord(part) ? part["content"] : undefined;
    const text = isRecord(block) ? textIn(block, "text") : undefined;
    if (text !== undefined) return text;
  }
  return undefined;
}

/** The name of a tool or of a kind of tools. */
function wordIn(fields: Fields, name: string): string | undefined {
  const word = textIn(fields, name);
  return word === undefined ? undefined : keptText(word, limits.toolNameCharsMax);
}

/** As much as is looked at when it is shown. */
function titleIn(update: Fields): string | undefined {
  const title = textIn(update, "title");
  return title === undefined ? undefined : keptText(title, 4 * limits.agentToolSummaryCharsMax);
}

function textIn(fields: Fields, name: string): string | undefined {
  const value = fields[name];
  return typeof value === "string" && value !== "" ? value : undefined;
}
