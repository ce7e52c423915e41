import type { RecordChild, RecordsEnd } from "../../src/adapters/executors/processes/agent-child.ts";
import type { Fields } from "../../src/domain/fields.ts";

type Exit = NonNullable<RecordChild["exit"]>;

/** A child that a test plays: it sees what is sent, and says what comes. */
export class FakeRecordChild implements RecordChild {
  readonly pid = 1;
  stderrTail = "";
  exit: Exit | undefined;
  readonly closed: Promise<RecordsEnd>;
  readonly exited: Promise<Exit>;
  /** All that was sent. */
  readonly sent: Fields[] = [];
  /** Called with each command; may answer. */
  onSend: (record: Fields) => void = () => undefined;
  /** What a write comes to. */
  write: () => Promise<boolean> = () => Promise.resolve(true);
  hasEndedInput = false;
  #listener: ((record: Fields) => void) | undefined;
  #early: Fields[] = [];
  #close!: (end: RecordsEnd) => void;
  #leave!: (exit: Exit) => void;

  constructor() {
    this.closed = new Promise((resolve) => (this.#close = resolve));
    this.exited = new Promise((resolve) => (this.#leave = resolve));
  }

  onRecord(listener: (record: Fields) => void): void {
    this.#listener = listener;
    for (const record of this.#early) listener(record);
    this.#early = [];
  }

  send(record: object): Promise<boolean> {
    const sent = record as Fields;
    this.sent.push(sent);
    // The child reads it later.
    queueMicrotask(() => this.onSend(sent));
    return this.write();
  }

  endInput(): void {
    this.hasEndedInput = true;
  }

  /** Writes records to its stdout. */
  say(...records: readonly Fields[]): void {
    for (const record of records) {
      if (this.#listener === undefined) this.#early.push(record);
      else this.#listener(record);
    }
  }

  /** Its stdout ends, or breaks. */
  close(end: RecordsEnd = { type: "ended" }): void {
    this.#close(end);
  }

  /** The process ends, and its stdout with it. */
  leave(code: number | null, signal: Exit["signal"] = null): void {
    this.exit = { code, signal };
    this.#leave(this.exit);
    this.close();
  }

  /** The commands of a type that were sent. */
  sentOf(type: string): readonly Fields[] {
    return this.sent.filter((record) => record["type"] === type);
  }
}
