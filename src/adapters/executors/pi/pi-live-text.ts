import type { Fields } from "../../../domain/fields.ts";
import type { Attempt } from "../../../ports/executor.ts";
import { fieldsOf, textField } from "./pi-records.ts";

/**
 * The text that the agent is writing. Each assistant message is a stream of its own, `assistant-1` and so on, and its blocks are told
 * apart by their index, because they may grow in turns. What the model thinks is not passed on.
 */
export class PiLiveText {
  private readonly attempt: Attempt;
  private readonly blocks = new Map<number, string>();
  private number = 0;
  private bytes = 0;

  constructor(attempt: Attempt) {
    this.attempt = attempt;
  }

  /** What is known of the message that is being written; empty when none is. */
  get text(): string {
    return [...this.blocks.keys()]
      .toSorted((one, other) => one - other)
      .map((index) => this.blocks.get(index))
      .join("");
  }

  /** UTF-8 bytes of that text. */
  get byteLength(): number {
    return this.bytes;
  }

  begin(): void {
    this.clear();
    this.number++;
  }

  /** Takes a record of type `message_update`. Versions that repeat the whole message in it are not read further than the change. */
  update(record: Fields): void {
    const change = fieldsOf(record, "assistantMessageEvent");
    const index = typeof change["contentIndex"] === "number" ? change["contentIndex"] : 0;
    if (change["type"] === "text_delta") this.append(index, textField(change, "delta") ?? "");
    else if (change["type"] === "text_end") this.complete(index, textField(change, "content"));
  }

  /** The message is whole. Text that was never streamed is passed on now. */
  end(text: string): void {
    if (this.blocks.size === 0 && text !== "") this.append(0, text);
    this.clear();
  }

  private clear(): void {
    this.blocks.clear();
    this.bytes = 0;
  }

  private append(index: number, text: string): void {
    if (text === "") return;
    if (this.number === 0) this.number = 1;
    this.blocks.set(index, (this.blocks.get(index) ?? "") + text);
    this.bytes += Buffer.byteLength(text);
    this.attempt.text(`assistant-${this.number}`, text);
  }

  /** The end of a block carries all of it, and is right where the two differ. */
  private complete(index: number, whole: string | undefined): void {
    if (whole === undefined) return;
    const soFar = this.blocks.get(index) ?? "";
    if (whole === soFar) return;
    if (whole.startsWith(soFar)) {
      this.append(index, whole.slice(soFar.length));
      return;
    }
    this.blocks.set(index, whole);
    this.bytes += Buffer.byteLength(whole) - Buffer.byteLength(soFar);
  }
}
