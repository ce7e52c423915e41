import type { RecordChild, RecordsEnd } from "../../../src/adapters/executors/processes/agent-child.ts";
import { isRecord, type Fields } from "../../../src/domain/fields.ts";

type Exit = NonNullable<RecordChild["exit"]>;

/** A child whose part a test plays. */
export class FakeChild implements RecordChild {
  readonly pid = 0;
  stderrTail = "";
  exit: Exit | undefined;
  readonly closed: Promise<RecordsEnd>;
  readonly exited: Promise<Exit>;
  /** Everything that was written to it. */
  readonly sent: Fields[] = [];
  /** Told each record that is written to it, before the write is done. */
  onSent: (record: Fields) => void = () => undefined;
  isWritable = true;
  #listener: ((record: Fields) => void) | undefined;
  #close: (end: RecordsEnd) => void = () => undefined;
  #leave: (exit: Exit) => void = () => undefined;

  constructor() {
    this.closed = new Promise((resolve) => {
      this.#close = resolve;
    });
    this.exited = new Promise((resolve) => {
      this.#leave = resolve;
    });
  }

  onRecord(listener: (record: Fields) => void): void {
    this.#listener = listener;
  }

  async send(record: object): Promise<boolean> {
    if (!this.isWritable || !isRecord(record)) return false;
    // What goes over a pipe is text: nothing that JSON cannot hold arrives.
    const arrived: Fields = JSON.parse(JSON.stringify(record));
    this.sent.push(arrived);
    this.onSent(arrived);
    return true;
  }

  endInput(): void {
    this.isWritable = false;
  }

  /** Writes a record, as the child. */
  write(record: object): void {
    this.#listener?.(JSON.parse(JSON.stringify(record)));
  }

  /** Ends the child's output, and the child itself where an exit is given. */
  end(exit?: Exit, end: RecordsEnd = { type: "ended" }): void {
    this.isWritable = false;
    if (exit !== undefined) {
      this.exit = exit;
      this.#leave(exit);
    }
    this.#close(end);
  }

  /** The newest record of a method, or undefined. */
  lastSent(method: string): Fields | undefined {
    return this.sent.findLast((record) => record["method"] === method);
  }

  countOf(method: string): number {
    return this.sent.filter((record) => record["method"] === method).length;
  }
}
