import { isUtf8 } from "node:buffer";
import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { refused } from "../domain/archive-refusals.ts";
import { quotedText } from "../domain/quoted-text.ts";
import { CommandError } from "./errors.ts";
import { saidBy, systemCode } from "./system-error.ts";
import { limits, RunfoldError } from "../index.ts";

const lineFeed = 0x0a;
const openingBrace = 0x7b;
const byteOrderMarks: readonly (readonly number[])[] = [
  [0xef, 0xbb, 0xbf],
  [0xff, 0xfe],
  [0xfe, 0xff],
];

/**
 * The lines of an exported run, from a file or, for `-`, from standard input. No file can do harm: a line is never held further
 * than it may be long, and what does not begin as an export is left alone at its first byte.
 * @throws `archive.invalid` naming the line; CommandError where the file cannot be read.
 */
export async function* archiveLines(path: string): AsyncGenerator<string, void> {
  if (path === "-") {
    yield* splitLines(process.stdin);
    return;
  }
  const name = `The file ${quotedText(path)}`;
  try {
    if ((await stat(path)).isDirectory()) {
      throw new CommandError("archive.unreadable", `${name} is a directory. Name a file that runfold export wrote.`);
    }
    yield* splitLines(createReadStream(path));
  } catch (error) {
    throw systemCode(error) === "" || error instanceof CommandError || error instanceof RunfoldError
      ? error
      : unreadable(name, error);
  }
}

/** The lines of the bytes, without their line breaks. The last one has to have its own. @throws `archive.invalid` */
export async function* splitLines(source: AsyncIterable<Buffer> | Iterable<Buffer>): AsyncGenerator<string, void> {
  let line = 1;
  let pieces: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of source) {
    if (line === 1 && bytes === 0) checkBeginning(chunk);
    let start = 0;
    for (let end = chunk.indexOf(lineFeed); end !== -1; end = chunk.indexOf(lineFeed, start)) {
      pieces.push(chunk.subarray(start, end));
      yield textOf(Buffer.concat(pieces), line);
      start = end + 1;
      line++;
      pieces = [];
      bytes = 0;
    }
    pieces.push(chunk.subarray(start));
    bytes += chunk.length - start;
    if (bytes > limits.archiveLineCharsMax) {
      const advice = "An export has no line of that length";
      throw refused(line, `it has more than ${limits.archiveLineCharsMax} bytes`, { advice });
    }
  }
  if (bytes > 0) throw refused(line, "it has no line break, so the file was cut off");
}

function checkBeginning(chunk: Buffer): void {
  if (chunk[0] === openingBrace) return;
  const hasMark = byteOrderMarks.some((mark) => mark.every((byte, index) => chunk[index] === byte));
  if (hasMark) {
    const advice = "Get the file again, without a program that saves it anew";
    throw refused(1, "it begins with a byte order mark, which no export has", { advice });
  }
  const advice = "Give a file that runfold export has written";
  throw refused(1, "it is not the first line of an exported run", { advice });
}

function textOf(bytes: Buffer, line: number): string {
  if (!isUtf8(bytes)) throw refused(line, "it is not UTF-8 text");
  return bytes.toString("utf8");
}

function unreadable(name: string, error: unknown): CommandError {
  const code = systemCode(error);
  const why =
    code === "ENOENT" || code === "ENOTDIR"
      ? "does not exist. Check the path."
      : `cannot be read: ${saidBy(error)}. Check that this user may read it.`;
  return new CommandError("archive.unreadable", `${name} ${why}`);
}
