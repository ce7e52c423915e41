const lineFeed = 0x0a;
const carriageReturn = 0x0d;

/**
 * Cuts chunks of bytes into lines. Each byte is searched once, and copied at most a few times however small the chunks are; a line
 * within one chunk is not copied at all.
 */
export class LineBuffer {
  /** The line that has grown too long, or what came after it, is lost: nothing may be read any more. */
  isTooLong = false;
  /** Bytes that were searched or copied so far. */
  bytesHandled = 0;
  private readonly lineBytesMax: number;
  /** The beginning of a line; `length` bytes of it are taken. */
  private begun: Buffer = Buffer.alloc(0);
  private length = 0;
  private chunk: Buffer = Buffer.alloc(0);
  private start = 0;

  /** Lines have at most so many bytes, their break not counted. */
  constructor(lineBytesMax: number) {
    this.lineBytesMax = lineBytesMax;
  }

  /** Adds a chunk, once {@link LineBuffer.next} has given undefined. */
  add(chunk: Buffer): void {
    this.chunk = chunk;
    this.start = 0;
  }

  /** The next whole line without its LF, or CR and LF. Undefined when there is none yet, or it is too long. Read it before going on. */
  next(): Buffer | undefined {
    if (this.isTooLong) return undefined;
    const end = this.chunk.indexOf(lineFeed, this.start);
    this.bytesHandled += (end === -1 ? this.chunk.length : end) - this.start;
    if (end === -1) {
      this.keep(this.chunk.subarray(this.start));
      this.add(Buffer.alloc(0));
      // A carriage return may still turn out to belong to the line's break.
      this.isTooLong = this.length > this.lineBytesMax + 1;
      return undefined;
    }
    const piece = this.chunk.subarray(this.start, end);
    this.start = end + 1;
    if (this.length > 0) this.keep(piece);
    const line = withoutReturn(this.length > 0 ? this.begun.subarray(0, this.length) : piece);
    this.forget();
    this.isTooLong = line.length > this.lineBytesMax;
    return this.isTooLong ? undefined : line;
  }

  /** The last line, which has no break; undefined where nothing is left. */
  rest(): Buffer | undefined {
    if (this.isTooLong || this.length === 0) return undefined;
    const line = withoutReturn(this.begun.subarray(0, this.length));
    this.forget();
    this.isTooLong = line.length > this.lineBytesMax;
    return this.isTooLong ? undefined : line;
  }

  private keep(piece: Buffer): void {
    const length = this.length + piece.length;
    if (length > this.begun.length) {
      // Twice the size each time: all copies of a line together are at most as long as three of it.
      const grown = Buffer.allocUnsafe(Math.max(length, 2 * this.begun.length));
      this.begun.copy(grown, 0, 0, this.length);
      this.bytesHandled += this.length;
      this.begun = grown;
    }
    piece.copy(this.begun, this.length);
    this.bytesHandled += piece.length;
    this.length = length;
  }

  private forget(): void {
    this.begun = Buffer.alloc(0);
    this.length = 0;
  }
}

function withoutReturn(line: Buffer): Buffer {
  return line.at(-1) === carriageReturn ? line.subarray(0, -1) : line;
}
