import type { Fields } from "../../../domain/fields.ts";
import { usageFrom } from "../../../domain/usage.ts";
import { ProgramReader } from "./program-reader.ts";
import { numberAt, recordAt, recordsAt, textAt } from "./read-json.ts";

/**
 * `claude -p PROMPT --output-format stream-json --verbose`, with or without `--include-partial-messages`; the single record of
 * `--output-format json` as well.
 *
 * The last record says what came of it: `is_error` counts, not the `subtype`, which is "success" even after an error.
 */
export class ClaudeReader extends ProgramReader {
  private model: string | undefined;
  private costUsd = 0;
  /** The message whose text came in pieces, so that it is not told a second time as a whole. */
  private streamed: string | undefined;
  private message: string | undefined;

  override read(record: Fields): void {
    const type = textAt(record, "type");
    // What an agent of the agent says is a matter between the two; its tool calls are told.
    const isOwn = textAt(record, "parent_tool_use_id") === undefined;
    if (type === "system") this.readSystem(record);
    else if (type === "stream_event" && isOwn) this.readPiece(recordAt(record, "event"));
    else if (type === "assistant") this.readMessage(recordAt(record, "message"), isOwn);
    else if (type === "user") this.readToolResults(recordsAt(record, "message", "content"));
    else if (type === "result") this.readResult(record);
  }

  private readSystem(record: Fields): void {
    const subtype = textAt(record, "subtype");
    if (subtype === "init") {
      this.model = textAt(record, "model") ?? this.model;
      // Another turn begins, so the one before was not the last.
      this.account.verdict = undefined;
    } else if (subtype === "api_retry") {
      const status = numberAt(record, "error_status");
      const attempt = `attempt ${numberAt(record, "attempt") ?? "?"} of ${numberAt(record, "max_retries") ?? "?"}`;
      const why = `${textAt(record, "error") ?? "error"}${status === undefined ? "" : ` (${status})`}`;
      this.account.complaint = `${why}, ${attempt}`;
      this.sink.diagnostic("agent-retries", "warning", `claude asks its model again: ${this.account.complaint}`);
    }
  }

  private readPiece(event: Fields): void {
    if (textAt(event, "type") === "message_start") {
      this.streamed = textAt(event, "message", "id");
      this.beginMessage(this.streamed);
    }
    const delta = textAt(event, "delta", "text");
    if (textAt(event, "type") === "content_block_delta" && delta !== undefined) this.account.say(delta);
  }

  /** Each block of a message comes as a record of its own, with the message's id. */
  private readMessage(message: Fields, isOwn: boolean): void {
    const id = textAt(message, "id");
    for (const block of recordsAt(message, "content")) {
      const type = textAt(block, "type");
      if (type === "tool_use") this.tools.started(textAt(block, "id"), textAt(block, "name") ?? "tool", block["input"]);
      if (type !== "text" || !isOwn || (id !== undefined && id === this.streamed)) continue;
      this.beginMessage(id);
      this.account.say(textAt(block, "text") ?? "");
    }
  }

  private beginMessage(id: string | undefined): void {
    if (id === undefined || id !== this.message) this.account.begin();
    this.message = id;
  }

  private readToolResults(blocks: readonly Fields[]): void {
    for (const block of blocks) {
      if (textAt(block, "type") !== "tool_result") continue;
      this.tools.ended(textAt(block, "tool_use_id"), undefined, block["content"], block["is_error"] === true);
    }
  }

  private readResult(record: Fields): void {
    const { account } = this;
    this.readUsage(record);
    const subtype = textAt(record, "subtype") ?? "";
    const reason = textAt(record, "stop_reason");
    const text = textAt(record, "result");
    if (record["is_error"] !== false) {
      const errors = Array.isArray(record["errors"]) ? record["errors"].filter((each) => typeof each === "string") : [];
      const message = text ?? (errors.length > 0 ? errors.join("; ") : `claude ended with ${subtype || "an error"}.`);
      return account.failed(subtype.startsWith("error_max") ? "assistant-stop" : "assistant-error", message);
    }
    if (text !== undefined) account.text.set(text);
    if (reason === "max_tokens" || reason === "model_context_window_exceeded") {
      return account.truncated(`The answer of claude was cut off: ${reason}.`);
    }
    if (reason === "refusal") return account.failed("assistant-stop", `claude refused: ${text ?? ""}`);
    if (subtype !== "success") return account.failed("assistant-stop", `claude stopped: ${subtype}.`);
    account.done();
  }

  /** The tokens are those of one turn; the cost is that of all so far. */
  private readUsage(record: Fields): void {
    const costUsd = numberAt(record, "total_cost_usd");
    const usage = recordAt(record, "usage");
    this.account.spend(
      usageFrom({
        inputTokens: numberAt(usage, "input_tokens"),
        outputTokens: numberAt(usage, "output_tokens"),
        cacheReadTokens: numberAt(usage, "cache_read_input_tokens"),
        cacheWriteTokens: numberAt(usage, "cache_creation_input_tokens"),
        costUsd: costUsd === undefined ? undefined : Math.max(0, costUsd - this.costUsd),
        turns: numberAt(record, "num_turns"),
        model: this.model ?? Object.keys(recordAt(record, "modelUsage"))[0],
      }),
    );
    this.costUsd = costUsd ?? this.costUsd;
  }
}
