import type { Fields } from "../../../domain/fields.ts";
import { usageFrom } from "../../../domain/usage.ts";
import { ProgramReader } from "./program-reader.ts";
import { numberAt, recordAt, recordsAt, textAt } from "./read-json.ts";

/**
 * `pi --mode json PROMPT`. The end of the last message of the assistant says what came of it; the program itself exits with 0
 * even when its provider fails.
 */
export class PiJsonReader extends ProgramReader {
  override read(record: Fields): void {
    switch (textAt(record, "type") ?? "") {
      case "turn_start":
        // The program goes on: after a tool, a queued message or an error that it tries to get over.
        this.account.verdict = undefined;
        break;
      case "message_start":
        if (textAt(record, "message", "role") === "assistant") this.account.begin();
        break;
      case "message_update":
        this.readPiece(recordAt(record, "assistantMessageEvent"));
        break;
      case "message_end":
        this.readMessage(recordAt(record, "message"));
        break;
      case "auto_retry_start":
        this.complain(textAt(record, "errorMessage"));
        break;
      case "tool_execution_start":
        this.tools.started(textAt(record, "toolCallId"), textAt(record, "toolName") ?? "tool", record["args"]);
        break;
      case "tool_execution_end":
        this.readToolEnd(record);
        break;
    }
  }

  private readPiece(event: Fields): void {
    const delta = textAt(event, "type") === "text_delta" ? textAt(event, "delta") : undefined;
    if (delta !== undefined) this.account.say(delta);
  }

  private readMessage(message: Fields): void {
    if (textAt(message, "role") !== "assistant") return;
    this.readUsage(message);
    const text = textOf(message);
    // An aborted message may end empty; what was streamed of it is worth more then. What was not streamed is told now.
    if (this.account.text.isEmpty) this.account.say(text);
    else if (text !== "") this.account.text.set(text);
    const reason = textAt(message, "stopReason") ?? "stop";
    const error = textAt(message, "errorMessage");
    if (reason === "toolUse") this.account.verdict = undefined;
    else if (reason === "length") this.account.truncated("The answer of pi was cut off: length.");
    else if (reason === "error" || (reason === "stop" && error !== undefined)) {
      this.account.failed("assistant-error", error ?? "pi ended with an error.");
    } else if (reason === "stop") this.account.done();
    else this.account.failed("assistant-stop", `pi stopped: ${reason}.${error === undefined ? "" : ` ${error}`}`);
  }

  private readUsage(message: Fields): void {
    const usage = recordAt(message, "usage");
    this.account.spend(
      usageFrom({
        inputTokens: numberAt(usage, "input"),
        outputTokens: numberAt(usage, "output"),
        cacheReadTokens: numberAt(usage, "cacheRead"),
        cacheWriteTokens: numberAt(usage, "cacheWrite"),
        costUsd: numberAt(usage, "cost", "total"),
        turns: 1,
        model: textAt(message, "model"),
      }),
    );
  }

  private readToolEnd(record: Fields): void {
    const result = textOf(recordAt(record, "result"));
    this.tools.ended(textAt(record, "toolCallId"), textAt(record, "toolName"), result, record["isError"] === true);
  }

  private complain(message: string | undefined): void {
    this.account.complaint = message ?? "an error without words";
    this.sink.diagnostic("agent-retries", "warning", `pi tries again: ${this.account.complaint}`);
  }
}

function textOf(message: Fields): string {
  const texts = recordsAt(message, "content").filter((part) => textAt(part, "type") === "text");
  return texts.map((part) => textAt(part, "text") ?? "").join("");
}
