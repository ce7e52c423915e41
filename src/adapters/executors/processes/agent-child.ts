import type { ProcessExit } from "./spawn-guarded.ts";

/** A child process that is spoken to in lines of JSON: one object a line, in both directions. */
export interface RecordChild {
  readonly pid: number;
  /** The newest of what it wrote to stderr, at most `limits.outputTailCharsMax` characters. */
  readonly stderrTail: string;
  /** Calls back with every record that it writes, in order, those read before the call included. One listener; set it once. */
  onRecord(listener: (record: Readonly<Record<string, unknown>>) => void): void;
  /**
   * Writes one record. Resolves when it is in the pipe, false where it could not be written because the child is gone or its stdin
   * is closed, or because it has not read the last `limits.recordBytesMax` bytes. Never rejects.
   */
  send(record: object): Promise<boolean>;
  /** Ends its stdin, which asks most agent programs to leave. */
  endInput(): void;
  /**
   * Settles once nothing more will come: its stdout ended, or what it wrote could not be read, with why. Never rejects.
   */
  readonly closed: Promise<RecordsEnd>;
  /** Settles when the process has ended, with how. Never rejects. */
  readonly exited: Promise<ProcessExit>;
  /** How it ended; undefined while it runs. */
  readonly exit: ProcessExit | undefined;
}

/** Why no more records come. */
export type RecordsEnd =
  | { readonly type: "ended" }
  /** Too much that is no record, a record above the limit, or a stream error. */
  | { readonly type: "broken"; readonly code: "rpc-jsonl" | "stdout-error"; readonly message: string };
