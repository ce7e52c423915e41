import { describe, expect, it } from "vitest";
import { limits } from "runfold";
import type { RecordsEnd } from "../../../src/adapters/executors/processes/agent-child.ts";
import { RecordReader, type JsonRecord } from "../../../src/adapters/executors/processes/record-reader.ts";
import { StrayLines } from "../../../src/adapters/executors/processes/stray-lines.ts";

interface Read {
  readonly records: readonly JsonRecord[];
  readonly end: RecordsEnd;
  readonly told: readonly string[];
  readonly bytesHandled: number;
}

function read(chunks: Iterable<string | Buffer>): Read {
  const records: JsonRecord[] = [];
  const stray = new StrayLines();
  const reader = new RecordReader((record) => void records.push(record), stray);
  for (const chunk of chunks) reader.add(Buffer.from(chunk));
  const end = reader.end();
  const told: string[] = [];
  stray.tell((code, severity, message) => void told.push(`${severity} ${code}: ${message}`));
  return { records, end, told, bytesHandled: reader.bytesHandled };
}

function* pieces(bytes: Buffer, size: number): Iterable<Buffer> {
  for (let start = 0; start < bytes.length; start += size) yield bytes.subarray(start, start + size);
}

/** A record of exactly so many bytes. */
function recordOf(bytes: number, character = "x"): string {
  const frame = JSON.stringify({ text: "" }).length;
  const count = Math.floor((bytes - frame) / Buffer.byteLength(character));
  const rest = bytes - frame - count * Buffer.byteLength(character);
  return JSON.stringify({ text: character.repeat(count) + "y".repeat(rest) });
}

const ended = { type: "ended" };

describe("records", () => {
  const text = '{"a":"é\u2028😀"}\n{"b":"\u2029\u0085"}\r\n{"c":[1]}\n';
  const all = [{ a: "é\u2028😀" }, { b: "\u2029\u0085" }, { c: [1] }];

  it.each([1, 2, 3, 5, 7, 1_000])("are lines, however they are cut into chunks of %i bytes", (size) => {
    expect(read(pieces(Buffer.from(text), size))).toMatchObject({ records: all, end: ended, told: [] });
  });

  it("count when the last one has no line break", () => {
    expect(read(['{"a":1}\n{"b":', "2}"])).toMatchObject({ records: [{ a: 1 }, { b: 2 }], end: ended, told: [] });
  });

  it("are told of when their bytes are no UTF-8, and kept", () => {
    const bytes = Buffer.concat([Buffer.from('{"a":"'), Buffer.from([0xff]), Buffer.from('"}\n')]);
    const { records, told } = read([bytes]);
    expect(records).toEqual([{ a: "\ufffd" }]);
    expect(told).toEqual([expect.stringContaining("no UTF-8, which were replaced: 1.")]);
  });
});

describe("lines that are no records", () => {
  it("are passed over, and told of once for each kind, with how many there were", () => {
    const { records, end, told } = read(['\n\r\n \nwarning: old\n{"a":1}\nat x\n[1]\nnull\n"text"\n{"b":2}\n{"c":']);
    expect(records).toEqual([{ a: 1 }, { b: 2 }]);
    expect(end).toEqual(ended);
    expect(told).toEqual([
      "info agent-stray-lines: The agent's stdout had blank lines: 3.",
      'warning agent-stray-lines: The agent\'s stdout had lines that are no JSON: 2. The first: "warning: old"',
      'warning agent-stray-lines: The agent\'s stdout had lines of JSON that are no object: 3. The first: "[1]"',
      'warning agent-stray-lines: The agent\'s stdout had unfinished last lines: 1. The first: "{\\"c\\":"',
    ]);
  });

  it("are borne up to a limit, and end the reading above it", () => {
    const most = "oops\n".repeat(limits.strayLinesMax);
    expect(read([most, '{"a":1}\n'])).toMatchObject({ records: [{ a: 1 }], end: ended });
    const { records, end, told } = read([most, "oops\n", '{"a":1}\n']);
    expect(records).toEqual([]);
    expect(end).toMatchObject({ type: "broken", code: "rpc-jsonl", message: expect.stringContaining("64") });
    expect(told).toHaveLength(1);
  });

  it("are shown by their beginning alone", () => {
    const { told } = read([`${"z".repeat(1_000)}\n`]);
    expect(told[0]!.length).toBeLessThan(400);
    expect(told[0]).toContain("… (1000 characters)");
  });
});

describe("the longest record", () => {
  const max = limits.recordBytesMax;

  it.each(["\n", "\r\n", ""])("may have all the bytes that the limit says, before %j", (lineBreak) => {
    const { records, end } = read(pieces(Buffer.from(`${recordOf(max, "é")}${lineBreak}`), 65_536));
    expect([records.length, end]).toEqual([1, ended]);
  });

  it.each(["\n", "\r\n", ""])("ends the reading when it has one byte more, before %j", (lineBreak) => {
    const bytes = Buffer.from(`${recordOf(max + 1, "é")}${lineBreak}`);
    for (const size of [65_536, bytes.length]) {
      const { records, end } = read(pieces(bytes, size));
      expect([records.length, end]).toMatchObject([0, { type: "broken", code: "rpc-jsonl" }]);
    }
  });

  it("ends the reading before it has come to its own end", () => {
    const reader = new RecordReader(() => undefined, new StrayLines());
    const chunk = Buffer.alloc(65_536, "x");
    let count = 0;
    while (reader.add(chunk) === undefined) count++;
    expect(count * chunk.length).toBeLessThanOrEqual(max);
  });
});

describe("the work of reading", () => {
  it.each([1_024, 65_536])("is linear in the length of a record that comes in chunks of %i bytes", (size) => {
    const work = (bytes: number): number =>
      read(pieces(Buffer.from(`${recordOf(bytes)}\n`), size)).bytesHandled / bytes;
    for (const bytes of [1 << 16, 1 << 20, 1 << 23]) expect(work(bytes)).toBeLessThan(4.01);
  });

  it("does not grow with the number of records in a chunk", () => {
    const line = '{"a":1}\n';
    const count = 10_000;
    expect(read([line.repeat(count)]).bytesHandled).toBeLessThanOrEqual(line.length * count);
  });
});
