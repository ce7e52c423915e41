import type { Readable } from "node:stream";
import { StringDecoder } from "node:string_decoder";
import { limits } from "../../../domain/limits.ts";
import { OutputTail } from "../processes/output-tail.ts";
import type { KeptOutput, OutputStore } from "./output-store.ts";

/** Whoever also wants the bytes of a stream as they come. */
export interface ByteListener {
  add(chunk: Uint8Array): void;
  end(): void;
}

/**
 * Reads one stream of a command: tells its text as it comes, decoded across chunks, and keeps its bytes without the last line
 * break. Reading waits for keeping, so memory does not grow with the output.
 */
export class StreamCapture {
  /** Settles when the stream has ended, was destroyed or broke; what came until then is what there is. Never rejects. */
  readonly ended: Promise<void>;
  hasEnded = false;
  /** Grows with every chunk, also while one is being kept: equal twice means that nothing moves. */
  steps = 0;
  private readonly source: Readable;
  private readonly store: OutputStore;
  private readonly tell: (text: string) => void;
  private readonly lines: ByteListener | undefined;
  private readonly decoder = new StringDecoder("utf8");
  private readonly newest = new OutputTail(limits.outputTailCharsMax);
  private lineBreak = Buffer.alloc(0);
  private isKeeping = false;

  constructor(source: Readable, store: OutputStore, tell: (text: string) => void, lines?: ByteListener) {
    this.source = source;
    this.store = store;
    this.tell = tell;
    this.lines = lines;
    this.ended = this.readAll();
  }

  /** The newest text, for messages. */
  get tail(): string {
    return this.newest.text;
  }

  get isBusy(): boolean {
    return this.isKeeping;
  }

  /** Reads no further. */
  stop(): void {
    this.source.destroy();
  }

  /** What was kept. Call it once, when the stream has ended. */
  async finish(): Promise<KeptOutput> {
    // A carriage return alone is no line break.
    if (this.lineBreak.length === 1 && this.lineBreak[0] === carriageReturn) await this.store.add(this.lineBreak);
    return await this.store.finish();
  }

  private async readAll(): Promise<void> {
    try {
      const chunks: AsyncIterable<Buffer> = this.source;
      for await (const chunk of chunks) await this.take(chunk);
    } catch {
      // Destroyed, or broken by the system.
    }
    this.say(this.decoder.end());
    this.lines?.end();
    this.hasEnded = true;
  }

  private async take(chunk: Buffer): Promise<void> {
    this.steps++;
    this.say(this.decoder.write(chunk));
    this.lines?.add(chunk);
    const bytes = this.lineBreak.length === 0 ? chunk : Buffer.concat([this.lineBreak, chunk]);
    const end = bytes.length - lineBreakBytes(bytes);
    this.lineBreak = Buffer.from(bytes.subarray(end));
    this.isKeeping = true;
    await this.store.add(bytes.subarray(0, end));
    this.isKeeping = false;
  }

  private say(text: string): void {
    if (text === "") return;
    this.newest.add(text);
    this.tell(text);
  }
}

const lineFeed = 0x0a;
const carriageReturn = 0x0d;

/** Length of what may turn out to be the last line break: `\n`, `\r\n`, or a `\r` whose `\n` is still to come. */
function lineBreakBytes(bytes: Buffer): number {
  const last = bytes.at(-1);
  if (last === carriageReturn) return 1;
  if (last !== lineFeed) return 0;
  return bytes.at(-2) === carriageReturn ? 2 : 1;
}
