import type { LineParser } from "./line-parser.ts";

const lineFeed = 0x0a;

/** Cuts a stream of bytes into lines at each line feed, and hands them on as text. The work is linear in the bytes. */
export class LineSplitter {
  private readonly parser: Pick<LineParser, "line" | "unreadLine">;
  private readonly bytesMax: number;
  private pieces: Uint8Array[] = [];
  /** Of the line that is not complete yet, also where it is too long to be kept. */
  private bytes = 0;

  constructor(parser: Pick<LineParser, "line" | "unreadLine">, bytesMax: number) {
    this.parser = parser;
    this.bytesMax = bytesMax;
  }

  add(chunk: Uint8Array): void {
    let start = 0;
    for (let end = chunk.indexOf(lineFeed); end !== -1; end = chunk.indexOf(lineFeed, start)) {
      this.keep(chunk.subarray(start, end));
      this.finishLine();
      start = end + 1;
    }
    if (start < chunk.length) this.keep(chunk.subarray(start));
  }

  /** The stream has ended; what is left is a line, too. */
  end(): void {
    if (this.bytes > 0) this.finishLine();
  }

  private keep(piece: Uint8Array): void {
    this.bytes += piece.length;
    if (this.bytes > this.bytesMax) this.pieces = [];
    else this.pieces.push(piece);
  }

  private finishLine(): void {
    const { pieces, bytes } = this;
    this.pieces = [];
    this.bytes = 0;
    if (bytes > this.bytesMax) this.parser.unreadLine(bytes);
    else this.parser.line(Buffer.concat(pieces).toString("utf8"));
  }
}
