import { isUtf8 } from "node:buffer";
import { limits } from "../../../domain/limits.ts";
import type { RecordsEnd } from "./agent-child.ts";
import { LineBuffer } from "./line-buffer.ts";
import type { StrayLines } from "./stray-lines.ts";

export type JsonRecord = Readonly<Record<string, unknown>>;
export type BrokenRecords = Extract<RecordsEnd, { type: "broken" }>;

/**
 * Reads records: lines of UTF-8 that end in LF, or CR and LF, and hold one JSON object each. Other line separators that Unicode knows are
 * text. Blank and other lines are counted and passed over, up to `limits.strayLinesMax`; a record has at most `limits.recordBytesMax`.
 */
export class RecordReader {
  private readonly take: (record: JsonRecord) => void;
  private readonly stray: StrayLines;
  private readonly lines = new LineBuffer(limits.recordBytesMax);
  private broken: BrokenRecords | undefined;

  constructor(take: (record: JsonRecord) => void, stray: StrayLines) {
    this.take = take;
    this.stray = stray;
  }

  /** Bytes that were searched or copied so far. */
  get bytesHandled(): number {
    return this.lines.bytesHandled;
  }

  /**
   * Gives the records that a chunk completes. The chunk is not kept. Returns why reading must end, and then takes nothing more.
   * @throws whatever the taker throws
   */
  add(chunk: Buffer): BrokenRecords | undefined {
    if (this.broken !== undefined) return this.broken;
    this.lines.add(chunk);
    for (let line = this.lines.next(); line !== undefined; line = this.lines.next()) {
      this.read(line, "text");
      if (this.broken !== undefined) return this.broken;
    }
    this.refuseLong();
    return this.broken;
  }

  /**
   * What is left when no more bytes come: an object is a record, though its line did not end.
   * @throws whatever the taker throws
   */
  end(): RecordsEnd {
    if (this.broken !== undefined) return this.broken;
    const rest = this.lines.rest();
    if (rest !== undefined) this.read(rest, "unfinished");
    this.refuseLong();
    return this.broken ?? { type: "ended" };
  }

  private read(line: Buffer, otherwise: "text" | "unfinished"): void {
    const text = line.toString("utf8");
    const isBlank = text.trim() === "";
    const value = isBlank ? undefined : parsed(text);
    if (isRecord(value)) {
      // Half a character of some tool's output must not cost the rest of the record.
      if (!isUtf8(line)) this.stray.add("garbled", text);
      this.take(value);
      return;
    }
    const kind = isBlank ? "blank" : value === undefined ? otherwise : "value";
    if (!this.stray.add(kind, text)) {
      this.break(`Its stdout has more than ${limits.strayLinesMax} lines that are no records.`);
    }
  }

  private refuseLong(): void {
    if (this.lines.isTooLong) this.break(`A record is longer than ${limits.recordBytesMax} bytes.`);
  }

  private break(message: string): void {
    this.broken = { type: "broken", code: "rpc-jsonl", message };
  }
}

/** Undefined where it is no JSON, which no JSON stands for. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isRecord(value: unknown): value is JsonRecord {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
