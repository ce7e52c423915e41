import type { Writable } from "node:stream";

/** What a write met when nobody reads any more: the reader closed the pipe, or the terminal is gone. */
const readerIsGone = new Set(["EPIPE", "EIO", "ECONNRESET", "ERR_STREAM_DESTROYED"]);

/**
 * One of the process's output streams. A write that cannot be made never throws: from then on everything is dropped, and
 * whoever opened the output decides what that means.
 */
export class Output {
  readonly #stream: Writable & { readonly isTTY?: boolean; readonly columns?: number; readonly rows?: number };
  #isBroken = false;
  #wake: (() => void)[] = [];
  /** Called once, with the error and with whether it only says that nobody reads. */
  onBroken: (error: Error, isReaderGone: boolean) => void = () => undefined;

  constructor(stream: Writable) {
    this.#stream = stream;
    stream.on("error", (error: NodeJS.ErrnoException) => {
      if (this.#isBroken) return;
      this.#isBroken = true;
      this.#wakeAll();
      this.onBroken(error, readerIsGone.has(error.code ?? ""));
    });
    stream.on("drain", () => this.#wakeAll());
  }

  get isTTY(): boolean {
    return this.#stream.isTTY === true;
  }

  get isBroken(): boolean {
    return this.#isBroken;
  }

  /** Terminals that do not tell their size are taken to be of the usual one. */
  get columns(): number {
    return this.#stream.columns || 80;
  }

  get rows(): number {
    return this.#stream.rows || 24;
  }

  /** Resolves when more may be written: who waits for it never piles up text for a slow reader. */
  async write(text: string | Uint8Array): Promise<void> {
    if (this.#isBroken) return;
    if (this.#stream.write(text)) return;
    await new Promise<void>((resolve) => {
      this.#wake.push(resolve);
    });
  }

  line(text: string): Promise<void> {
    return this.write(`${text}\n`);
  }

  /** Resolves when all has been handed to the system. */
  async flush(): Promise<void> {
    if (this.#isBroken) return;
    await new Promise<void>((resolve) => {
      this.#wake.push(resolve);
      this.#stream.write("", () => resolve());
    });
  }

  #wakeAll(): void {
    const wake = this.#wake;
    this.#wake = [];
    for (const resolve of wake) resolve();
  }
}
