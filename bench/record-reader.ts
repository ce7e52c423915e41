import { RecordReader } from "../src/adapters/executors/processes/record-reader.ts";
import { StrayLines } from "../src/adapters/executors/processes/stray-lines.ts";

const chunkBytes = 65_536;

/** The best of several rounds, in milliseconds, of reading one record that comes in chunks as a pipe gives them. */
export function readRecordMs(bytes: number, rounds = 10): { readonly readMs: number; readonly parseMs: number } {
  const text = JSON.stringify({ text: 'line \\n "é" '.repeat(bytes / 17) });
  const line = Buffer.from(`${text}\n`);
  let [readMs, parseMs] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
  for (let round = 0; round < rounds; round++) {
    let records = 0;
    const reader = new RecordReader(() => records++, new StrayLines());
    const start = performance.now();
    for (let at = 0; at < line.length; at += chunkBytes) reader.add(line.subarray(at, at + chunkBytes));
    const between = performance.now();
    JSON.parse(text);
    parseMs = Math.min(parseMs, performance.now() - between);
    readMs = Math.min(readMs, between - start);
    if (records !== 1) throw new Error(`It gave ${records} records.`);
  }
  return { readMs, parseMs };
}

/** What it takes to read the longest record, and how that grows with its length. */
export function recordCosts(longestBytes = 8 * 1024 * 1024 - 64 * 1024): string {
  const long = readRecordMs(longestBytes);
  const short = readRecordMs(longestBytes / 8);
  return [
    `one record of ${(longestBytes / 1024 / 1024).toFixed(1)} MiB in chunks of 64 KiB: ${long.readMs.toFixed(1)} ms,`,
    `of which JSON.parse takes ${long.parseMs.toFixed(1)} ms;`,
    `${(long.readMs / short.readMs).toFixed(1)} times as much as one of an eighth of that.`,
  ].join(" ");
}
