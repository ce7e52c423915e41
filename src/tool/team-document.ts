import { escapeMarkers } from "../adapters/executors/agents/markers.ts";
import { limits } from "../domain/limits.ts";
import { headOfBytes } from "./bound-text.ts";
import { visibleText } from "./clean-text.ts";

const truncated = `[Truncated here: a result has at most ${limits.toolTextLinesMax} lines and ${limits.toolTextBytesMax} bytes. Ask for less at once, or read the files.]`;
/** What is always kept free for the note. */
const reserve = { lines: 1, bytes: Buffer.byteLength(truncated) + 1 };

/**
 * A text for a model, built line by line within `limits.toolTextLinesMax` and `limits.toolTextBytesMax`. What does not fit any more is
 * left out and a note says so; a block that is open then is closed first.
 */
export class TeamDocument {
  readonly #lines: string[] = [];
  #count = 0;
  #bytes = 0;
  #isFull = false;

  /** Adds one line of our own. Values of others in it have to be folded before. */
  line(text: string): void {
    const line = escapeMarkers(visibleText(text).replaceAll("\n", " "));
    if (this.#isFull) return;
    if (this.#fits(1, Buffer.byteLength(line) + 1)) this.#push(line);
    else this.#isFull = true;
  }

  /** Adds lines of our own as long as they fit into a budget of their own, then a line that counts the rest. */
  rows(rows: readonly string[], bytesMax: number): void {
    let bytes = 0;
    for (const [index, row] of rows.entries()) {
      bytes += Buffer.byteLength(row) + 1;
      if (bytes > bytesMax) return this.line(`- … and ${rows.length - index} more`);
      this.line(row);
    }
  }

  /** Adds a text of others between two markers that it can neither close nor forge. */
  block(name: string, text: string): void {
    if (this.#isFull) return;
    const [begin, end] = [`<<<runfold ${name} begins>>>`, `<<<runfold ${name} ends>>>`];
    const frame = Buffer.byteLength(begin) + Buffer.byteLength(end) + 2;
    if (!this.#fits(3, frame + 1)) {
      this.#isFull = true;
      return;
    }
    // Neither shows less than it is given, so what is beyond the limit need not be looked at.
    const room = limits.toolTextBytesMax - reserve.bytes - this.#bytes - frame - 1;
    const shown = escapeMarkers(visibleText(text.slice(0, limits.toolTextBytesMax)));
    const lines = headOfBytes(shown, room).split("\n");
    const kept = lines.slice(0, limits.toolTextLinesMax - reserve.lines - this.#count - 2);
    this.#isFull =
      text.length > limits.toolTextBytesMax || Buffer.byteLength(shown) > room || kept.length < lines.length;
    this.#push(begin);
    for (const line of kept) this.#push(line);
    this.#push(end);
  }

  toString(): string {
    return (this.#isFull ? [...this.#lines, truncated] : this.#lines).join("\n");
  }

  #fits(lines: number, bytes: number): boolean {
    const isShort = this.#count + lines + reserve.lines <= limits.toolTextLinesMax;
    return isShort && this.#bytes + bytes + reserve.bytes <= limits.toolTextBytesMax;
  }

  #push(line: string): void {
    this.#lines.push(line);
    this.#count++;
    this.#bytes += Buffer.byteLength(line) + 1;
  }
}
