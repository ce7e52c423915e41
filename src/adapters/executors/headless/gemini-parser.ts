import type { Fields } from "../../../domain/fields.ts";
import { usageFrom, withoutCached } from "../../../domain/usage.ts";
import { ProgramReader } from "./program-reader.ts";
import { numberAt, recordAt, textAt } from "./read-json.ts";

/**
 * `gemini -o stream-json -p PROMPT`. The answer is what the assistant wrote after the last tool result. The exit code says
 * nothing by itself: it is 0 after a signal, and the low byte of an HTTP status after an error.
 */
export class GeminiReader extends ProgramReader {
  private model: string | undefined;
  /** Whether a tool was used since the assistant last wrote: its next words begin the answer anew. */
  private hasUsedTool = false;

  override read(record: Fields): void {
    switch (textAt(record, "type") ?? "") {
      case "init":
        this.model = textAt(record, "model");
        break;
      case "message":
        if (textAt(record, "role") === "assistant") this.say(textAt(record, "content") ?? "");
        break;
      case "tool_use":
        this.tools.started(textAt(record, "tool_id"), textAt(record, "tool_name") ?? "tool", record["parameters"]);
        break;
      case "tool_result":
        this.readToolResult(record);
        break;
      case "error":
        this.complain(record);
        break;
      case "result":
        this.readResult(record);
        break;
    }
  }

  private say(text: string): void {
    if (text === "") return;
    if (this.hasUsedTool) this.account.begin();
    this.hasUsedTool = false;
    this.account.say(text);
  }

  private readToolResult(record: Fields): void {
    const isError = textAt(record, "status") === "error";
    this.tools.ended(
      textAt(record, "tool_id"),
      undefined,
      record["output"] ?? textAt(record, "error", "message"),
      isError,
    );
    this.hasUsedTool = true;
  }

  private complain(record: Fields): void {
    this.account.complaint = textAt(record, "message") ?? "an error without words";
    const severity = textAt(record, "severity") === "warning" ? "warning" : "error";
    this.sink.diagnostic("agent-complains", severity, `gemini: ${this.account.complaint}`);
  }

  private readResult(record: Fields): void {
    this.readUsage(recordAt(record, "stats"));
    if (textAt(record, "status") !== "success") {
      const message = textAt(record, "error", "message") ?? this.account.complaint ?? "gemini ended with an error.";
      return this.account.failed("assistant-error", message);
    }
    // Words before the last tool result are no answer.
    if (this.hasUsedTool) this.account.text.clear();
    this.account.done();
  }

  private readUsage(stats: Fields): void {
    const cached = numberAt(stats, "cached");
    this.account.spend(
      usageFrom({
        inputTokens: numberAt(stats, "input") ?? withoutCached(numberAt(stats, "input_tokens"), cached),
        outputTokens: numberAt(stats, "output_tokens"),
        cacheReadTokens: cached,
        model: this.model,
      }),
    );
  }
}
