import type { Fields } from "../../../domain/fields.ts";
import { usageFrom } from "../../../domain/usage.ts";
import { ProgramReader } from "./program-reader.ts";
import { numberAt, recordAt, textAt } from "./read-json.ts";

/**
 * `opencode run --format json PROMPT`. Texts and tool calls come whole, when they are finished. The answer is the text of the step
 * that finishes with the reason "stop".
 */
export class OpencodeReader extends ProgramReader {
  override read(record: Fields): void {
    const part = recordAt(record, "part");
    switch (textAt(record, "type") ?? "") {
      case "step_start":
        this.account.verdict = undefined;
        this.account.text.clear();
        break;
      case "text":
        this.say(textAt(part, "text") ?? "");
        break;
      case "tool_use":
        this.readTool(part);
        break;
      case "step_finish":
        this.readFinish(part);
        break;
      case "error":
        this.account.failed("assistant-error", messageOf(recordAt(record, "error")));
        break;
    }
  }

  private say(text: string): void {
    if (text === "") return;
    this.account.begin();
    this.account.say(text);
  }

  private readTool(part: Fields): void {
    const state = recordAt(part, "state");
    const status = textAt(state, "status");
    const call = textAt(part, "callID");
    const tool = textAt(part, "tool") ?? "tool";
    if (!this.tools.isOpen(call)) this.tools.started(call, tool, state["input"]);
    if (status === "completed" || status === "error") {
      this.tools.ended(call, tool, state["output"] ?? state["error"], status === "error");
    }
  }

  private readFinish(part: Fields): void {
    const tokens = recordAt(part, "tokens");
    this.account.spend(
      usageFrom({
        inputTokens: numberAt(tokens, "input"),
        outputTokens: numberAt(tokens, "output"),
        cacheReadTokens: numberAt(tokens, "cache", "read"),
        cacheWriteTokens: numberAt(tokens, "cache", "write"),
        costUsd: numberAt(part, "cost"),
        turns: 1,
      }),
    );
    const reason = textAt(part, "reason");
    // After an error a step may still be closed; the error stays the end.
    if (this.account.verdict?.type === "failed" || reason === "tool-calls") return;
    if (reason === "stop") this.account.done();
    else if (reason === "length") this.account.truncated("The answer of opencode was cut off: length.");
    else this.account.failed("assistant-stop", `opencode stopped: ${reason ?? "for no reason that it tells"}.`);
  }
}

function messageOf(error: Fields): string {
  return (
    textAt(error, "data", "message") ??
    textAt(error, "message") ??
    textAt(error, "name") ??
    "opencode ended with an error."
  );
}
