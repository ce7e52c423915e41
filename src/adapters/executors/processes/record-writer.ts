import type { Writable } from "node:stream";
import { limits } from "../../../domain/limits.ts";

/** Writes records into the stdin of a process, one line each. */
export class RecordWriter {
  private readonly stdin: Writable | undefined;
  private readonly onFull: () => void;
  /** Told when nothing can be written any more; the stream may never say so itself while another process holds the pipe. */
  private readonly waiting = new Set<(isWritten: boolean) => void>();
  private isOpen: boolean;

  /** `onFull` is called for each record that is not written because so much waits already that nobody seems to read it. */
  constructor(stdin: Writable | undefined, onFull: () => void) {
    this.stdin = stdin;
    this.onFull = onFull;
    this.isOpen = stdin !== undefined;
    stdin?.once("close", this.onClose);
  }

  /**
   * Resolves when the record is in the pipe, however long the reader takes; false when it cannot come there, or
   * `limits.recordBytesMax` bytes wait before it. Never rejects.
   */
  send(record: object): Promise<boolean> {
    const { stdin } = this;
    if (this.isOpen && stdin !== undefined && stdin.writableLength >= limits.recordBytesMax) {
      this.onFull();
      return Promise.resolve(false);
    }
    const line = lineOf(record);
    if (stdin === undefined || !this.isOpen || line === undefined) return Promise.resolve(false);
    return new Promise((resolve) => {
      this.waiting.add(resolve);
      stdin.write(line, (error) => {
        this.waiting.delete(resolve);
        resolve(error === undefined || error === null);
      });
    });
  }

  /** Ends the stream after what is being written. */
  end(): void {
    if (!this.isOpen) return;
    this.isOpen = false;
    this.stdin?.end();
  }

  /** Gives up what is being written: nobody reads it. */
  abandon(): void {
    this.isOpen = false;
    for (const resolve of this.waiting) resolve(false);
    this.waiting.clear();
    this.stdin?.off("close", this.onClose);
    this.stdin?.destroy();
  }

  private readonly onClose = (): void => this.abandon();
}

/** Undefined for what is no JSON. */
function lineOf(record: object): string | undefined {
  try {
    return `${JSON.stringify(record)}\n`;
  } catch {
    return undefined;
  }
}
