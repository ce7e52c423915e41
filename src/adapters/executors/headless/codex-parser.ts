import type { Fields } from "../../../domain/fields.ts";
import { usageFrom, withoutCached } from "../../../domain/usage.ts";
import { ProgramReader } from "./program-reader.ts";
import { numberAt, recordAt, textAt } from "./read-json.ts";

/** Items that are the agent's own words, not calls. */
const wordTypes: ReadonlySet<string> = new Set(["agent_message", "reasoning", "todo_list", "error"]);

/**
 * `codex exec --json PROMPT`. Only `turn.failed` is an end: `error`, as a record or as an item, also comes where the program
 * goes on.
 */
export class CodexReader extends ProgramReader {
  override read(record: Fields): void {
    switch (textAt(record, "type") ?? "") {
      case "turn.started":
        this.account.verdict = undefined;
        break;
      case "item.started":
        this.readStarted(recordAt(record, "item"));
        break;
      case "item.completed":
        this.readCompleted(recordAt(record, "item"));
        break;
      case "error":
        this.complain(textAt(record, "message"));
        break;
      case "turn.failed":
        this.account.failed("assistant-error", textAt(record, "error", "message") ?? "codex ended with an error.");
        break;
      case "turn.completed":
        this.account.done();
        this.account.spend(usageOf(recordAt(record, "usage")));
        break;
    }
  }

  private readStarted(item: Fields): void {
    const type = textAt(item, "type") ?? "tool";
    if (!wordTypes.has(type)) this.tools.started(textAt(item, "id"), toolOf(type, item), askedOf(item));
  }

  private readCompleted(item: Fields): void {
    const type = textAt(item, "type") ?? "tool";
    if (type === "error") this.complain(textAt(item, "message"));
    if (type === "agent_message") {
      const text = textAt(item, "text") ?? "";
      this.account.begin();
      this.account.say(text);
    }
    if (wordTypes.has(type)) return;
    const id = textAt(item, "id");
    // Changes of files are told only when they are done.
    if (!this.tools.isOpen(id)) this.readStarted(item);
    const exitCode = numberAt(item, "exit_code");
    const status = textAt(item, "status");
    const isError = status === "failed" || status === "declined" || (exitCode !== undefined && exitCode !== 0);
    this.tools.ended(
      id,
      toolOf(type, item),
      textAt(item, "aggregated_output") ?? item["result"] ?? item["error"],
      isError,
    );
  }

  private complain(message: string | undefined): void {
    this.account.complaint = message ?? "an error without words";
    this.sink.diagnostic("agent-complains", "warning", `codex: ${this.account.complaint}`);
  }
}

function toolOf(type: string, item: Fields): string {
  const tool = textAt(item, "tool");
  return type === "mcp_tool_call" && tool !== undefined ? `${textAt(item, "server") ?? "mcp"}.${tool}` : type;
}

function askedOf(item: Fields): unknown {
  return item["command"] ?? item["arguments"] ?? item["query"] ?? item["changes"];
}

function usageOf(usage: Fields): ReturnType<typeof usageFrom> {
  const cached = numberAt(usage, "cached_input_tokens");
  const written = numberAt(usage, "cache_write_input_tokens");
  return usageFrom({
    inputTokens: withoutCached(numberAt(usage, "input_tokens"), cached, written),
    outputTokens: numberAt(usage, "output_tokens"),
    cacheReadTokens: cached,
    cacheWriteTokens: written,
  });
}
