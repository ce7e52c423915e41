import { limits } from "../../../domain/limits.ts";

/** What the output's JSON takes besides the text: its keys, an exit code and a count of dropped bytes. */
const frameBytes = 128;

/** How many bytes of JSON the streams of one command may still put into its journal entry, together. */
export class InlineBudget {
  private leftBytes: number;

  constructor(bytesMax: number = limits.inlinePayloadBytesMax) {
    this.leftBytes = bytesMax - frameBytes;
  }

  /** For streams that are kept as evidence alone: whatever they write goes into an artifact. */
  static none(): InlineBudget {
    return new InlineBudget(0);
  }

  /** Takes bytes if there are as many. */
  take(bytes: number): boolean {
    if (bytes > this.leftBytes) return false;
    this.leftBytes -= bytes;
    return true;
  }

  giveBack(bytes: number): void {
    this.leftBytes += bytes;
  }
}

/** How many bytes UTF-8 text takes inside a JSON string. */
export function jsonBytes(text: Uint8Array): number {
  let bytes = text.length;
  for (const byte of text) {
    if (byte < 0x20) bytes += shortEscapes.has(byte) ? 1 : 5;
    else if (byte === 0x22 || byte === 0x5c) bytes += 1;
  }
  return bytes;
}

/** `\b`, `\t`, `\n`, `\f` and `\r`; other control characters are written as `\u001f`. */
const shortEscapes: ReadonlySet<number> = new Set([0x08, 0x09, 0x0a, 0x0c, 0x0d]);
