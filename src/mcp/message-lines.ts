import { Transform, type TransformCallback } from "node:stream";
import { MessageOutline } from "./message-outline.ts";

/** A message that was left out, because it is longer than one may be. */
export interface TooLong {
  readonly bytes: number;
  /** The request that waits for an answer; undefined where it is none, or cannot be told. */
  readonly request: string | number | undefined;
}

const newline = 0x0a;

/**
 * Lines of at most so many bytes, each passed on as one piece: the SDK copies what came so far with every piece, and ends the
 * connection at a message that is too long. Here such a one is left out and told, while no more than it may have is held of it.
 */
export class MessageLines extends Transform {
  readonly #bytesMax: number;
  readonly #tellTooLong: (line: TooLong) => void;
  #held: Uint8Array[] = [];
  #bytes = 0;
  #outline: MessageOutline | undefined;

  constructor(bytesMax: number, tellTooLong: (line: TooLong) => void) {
    super();
    this.#bytesMax = bytesMax;
    this.#tellTooLong = tellTooLong;
  }

  override _transform(piece: Uint8Array, _encoding: BufferEncoding, done: TransformCallback): void {
    let start = 0;
    for (;;) {
      const end = piece.indexOf(newline, start);
      this.#take(piece.subarray(start, end === -1 ? piece.length : end));
      if (end === -1) break;
      this.#end();
      start = end + 1;
    }
    done();
  }

  #take(part: Uint8Array): void {
    this.#bytes += part.length;
    if (this.#outline !== undefined) return this.#outline.read(part);
    this.#held.push(part);
    if (this.#bytes <= this.#bytesMax) return;
    this.#outline = new MessageOutline();
    for (const held of this.#held.splice(0)) this.#outline.read(held);
  }

  #end(): void {
    if (this.#outline === undefined) this.push(Buffer.concat([...this.#held, Uint8Array.of(newline)]));
    else this.#tellTooLong({ bytes: this.#bytes, request: this.#outline.request() });
    this.#held = [];
    this.#bytes = 0;
    this.#outline = undefined;
  }
}
