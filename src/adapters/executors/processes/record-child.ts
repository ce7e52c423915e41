import type { Readable } from "node:stream";
import { StringDecoder } from "node:string_decoder";
import { limits } from "../../../domain/limits.ts";
import type { Clock } from "../../../ports/clock.ts";
import type { Attempt } from "../../../ports/executor.ts";
import type { RecordChild, RecordsEnd } from "./agent-child.ts";
import { OutputTail } from "./output-tail.ts";
import { RecordReader, type JsonRecord } from "./record-reader.ts";
import { RecordWriter } from "./record-writer.ts";
import type { GuardedProcess, ProcessExit } from "./spawn-guarded.ts";
import { StrayLines } from "./stray-lines.ts";

export interface RecordChildOptions {
  readonly clock: Clock;
  readonly diagnostic: Attempt["diagnostic"];
}

/** A guarded process with a pipe for its stdin, spoken to in records. It does not end the process: see `letLeave` and `endNow`. */
export class ProcessRecordChild implements RecordChild {
  readonly process: GuardedProcess;
  readonly closed: Promise<RecordsEnd>;
  /** Settles when it has ended and all that it wrote, to stderr too, was read. Never rejects. */
  readonly drained: Promise<void>;
  private readonly clock: Clock;
  private readonly diagnostic: Attempt["diagnostic"];
  private readonly stray = new StrayLines();
  private readonly reader: RecordReader;
  private readonly writer: RecordWriter;
  private readonly newest = new OutputTail(limits.outputTailCharsMax);
  private readonly decoder = new StringDecoder("utf8");
  private readonly early: JsonRecord[] = [];
  private earlyBytes = 0;
  private listener: ((record: JsonRecord) => void) | undefined;
  private close!: (end: RecordsEnd) => void;
  private isClosed = false;
  private isUnreadTold = false;
  /** Grows with every chunk of output. */
  private chunks = 0;

  constructor(process: GuardedProcess, { clock, diagnostic }: RecordChildOptions) {
    this.process = process;
    this.clock = clock;
    this.diagnostic = diagnostic;
    this.reader = new RecordReader((record) => this.take(record), this.stray);
    this.writer = new RecordWriter(process.stdin, () => this.tellUnread());
    this.closed = new Promise((resolve) => (this.close = resolve));
    process.stdout
      .on("data", this.onOutput)
      .once("end", this.onEnd)
      .once("close", this.onEnd)
      .on("error", this.onError);
    process.stderr.on("data", this.onErrorText);
    const streams = Promise.all([endOf(process.stdout), endOf(process.stderr)]);
    this.drained = process.exited.then(() => this.afterExit(streams));
  }

  get pid(): number {
    return this.process.pid;
  }

  get stderrTail(): string {
    return this.newest.text;
  }

  get exited(): Promise<ProcessExit> {
    return this.process.exited;
  }

  get exit(): ProcessExit | undefined {
    return this.process.exit;
  }

  onRecord(listener: (record: JsonRecord) => void): void {
    this.listener = listener;
    for (const record of this.early.splice(0)) this.guarded(() => listener(record));
  }

  send(record: object): Promise<boolean> {
    return this.writer.send(record);
  }

  /** Tells what it wrote so far that is no record, and was not told yet. It is told anyway when its records close. */
  tellStrayLines(): void {
    this.stray.tell(this.diagnostic);
  }

  endInput(): void {
    this.writer.end();
  }

  /** Lets go of its pipes; what it still writes is not read. For when it has ended, or cannot be ended. */
  detach(): void {
    this.onEnd();
    this.process.stderr.off("data", this.onErrorText);
    this.writer.abandon();
    this.process.stdout.destroy();
    this.process.stderr.destroy();
  }

  private readonly onOutput = (chunk: Buffer): void => {
    this.chunks++;
    if (this.listener === undefined) {
      this.earlyBytes += chunk.length;
      if (this.earlyBytes > limits.recordBytesMax) {
        this.finish(broken(`It wrote more than ${limits.recordBytesMax} bytes before anyone took its records.`));
        return;
      }
    }
    this.guarded(() => {
      const end = this.reader.add(chunk);
      if (end !== undefined) this.finish(end);
    });
  };

  private readonly onEnd = (): void => {
    this.guarded(() => this.finish(this.reader.end()));
  };

  private readonly onError = (error: Error): void => {
    this.finish({ type: "broken", code: "stdout-error", message: `Its stdout could not be read: ${error.message}` });
  };

  private readonly onErrorText = (chunk: Buffer): void => {
    this.chunks++;
    this.newest.add(this.decoder.write(chunk));
  };

  private take(record: JsonRecord): void {
    if (this.isClosed) return;
    if (this.listener === undefined) this.early.push(record);
    else this.listener(record);
  }

  /** A record that its listener could not handle is a defect of ours; it ends the talk, not this process. */
  private guarded(act: () => void): void {
    try {
      act();
    } catch (error) {
      this.finish(broken(`A record could not be handled: ${error instanceof Error ? error.message : String(error)}`));
    }
  }

  private tellUnread(): void {
    if (this.isUnreadTold) return;
    this.isUnreadTold = true;
    const message = `The agent does not read its stdin: ${limits.recordBytesMax} bytes wait there, and further records were not sent.`;
    this.diagnostic("agent-stdin-unread", "warning", message);
  }

  /** What it wrote is in its pipes by now, but a process that it left behind may hold them open for ever. */
  private async afterExit(streams: Promise<unknown>): Promise<void> {
    this.writer.abandon();
    let hasEnded = false;
    void streams.finally(() => (hasEnded = true));
    let before = -1;
    for (let rounds = 0; rounds < quietRoundsMax && this.chunks !== before; rounds++) {
      before = this.chunks;
      await this.graceOr(streams);
      if (hasEnded) break;
    }
    this.newest.add(this.decoder.end());
    this.onEnd();
  }

  private graceOr(streams: Promise<unknown>): Promise<void> {
    return new Promise((resolve) => {
      const timer = this.clock.setTimer(this.clock.now() + limits.streamCloseGraceMs, resolve);
      void streams.finally(() => {
        timer.cancel();
        resolve();
      });
    });
  }

  private finish(end: RecordsEnd): void {
    if (this.isClosed) return;
    this.isClosed = true;
    const { stdout } = this.process;
    stdout.off("data", this.onOutput).off("end", this.onEnd).off("close", this.onEnd).off("error", this.onError);
    // Whatever else it writes is thrown away, so that it does not wait for a reader.
    stdout.resume();
    this.stray.tell(this.diagnostic);
    this.close(end);
  }
}

/** After the process has ended, its output is waited for so many times `limits.streamCloseGraceMs`, while any comes. */
const quietRoundsMax = 4;

function endOf(stream: Readable): Promise<void> {
  return new Promise((resolve) => {
    stream.once("close", resolve);
  });
}

function broken(message: string): RecordsEnd {
  return { type: "broken", code: "rpc-jsonl", message };
}
