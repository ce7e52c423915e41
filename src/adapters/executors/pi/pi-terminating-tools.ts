import type { Fields } from "../../../domain/fields.ts";
import { limits } from "../../../domain/limits.ts";
import { contentText, fieldsOf } from "./pi-records.ts";

/** The tools that the last assistant message called: whether all of their results end the run, and with what text. */
export class TerminatingTools {
  private texts: string[] = [];
  private chars = 0;
  private doesEnd = true;

  /** Another assistant message ended; its tools follow. */
  begin(): void {
    this.texts = [];
    this.chars = 0;
    this.doesEnd = true;
  }

  /** Takes a record of type `tool_execution_end`. */
  hear(record: Fields): void {
    const result = fieldsOf(record, "result");
    if (result["terminate"] !== true || record["isError"] === true) this.doesEnd = false;
    else this.add(contentText(result));
  }

  /** Of more than an agent may answer there is no need to keep more: it is too much already. */
  private add(text: string): void {
    if (this.chars <= limits.agentOutputBytesMax) this.texts.push(text);
    this.chars += text.length;
  }

  /** The text of the results, or undefined where they did not end the run. */
  get result(): string | undefined {
    return this.doesEnd && this.texts.length > 0 ? this.texts.join("\n\n") : undefined;
  }
}
