import { readFileSync } from "node:fs";
import type { ParsedEnding, ProgramExit } from "../../../../src/adapters/executors/headless/line-parser.ts";
import { LineSplitter } from "../../../../src/adapters/executors/headless/line-splitter.ts";
import { createParser } from "../../../../src/adapters/executors/headless/parsers.ts";
import { limits } from "../../../../src/domain/limits.ts";
import type { ToolReport } from "../../../../src/ports/executor.ts";

export const recordings = new URL("../../../recordings/headless/", import.meta.url);

export interface Heard {
  readonly ending: ParsedEnding;
  /** The text of each stream, which are called `assistant-1` and so on. */
  readonly streams: readonly string[];
  /** `started bash: echo`, `ended bash: it`, with `!` for an error. */
  readonly tools: readonly string[];
  readonly diagnostics: readonly string[];
}

export const exited = (code: number): ProgramExit => ({ code, signal: null, wasStopped: false });

/** Has a parser read bytes, in chunks of so many, and tells what it said. */
export function hear(parserName: string, output: string | Uint8Array, exit: ProgramExit, chunkBytes = 1_000): Heard {
  const streams: string[] = [];
  const tools: string[] = [];
  const diagnostics: string[] = [];
  const parser = createParser(parserName, {
    text: (stream, delta) => {
      const number = Number(/^assistant-(\d+)$/.exec(stream)?.[1]);
      streams[number - 1] = (streams[number - 1] ?? "") + delta;
    },
    tool: (call) => void tools.push(shown(call)),
    diagnostic: (code, severity, message) => void diagnostics.push(`${severity} ${code}: ${message}`),
  });
  if (parser === undefined) throw new Error(`no parser ${parserName}`);
  const bytes = Buffer.from(output);
  const splitter = new LineSplitter(parser, limits.recordBytesMax);
  for (let start = 0; start < bytes.length; start += chunkBytes)
    splitter.add(bytes.subarray(start, start + chunkBytes));
  splitter.end();
  return { ending: parser.end(exit), streams, tools, diagnostics };
}

export function hearFile(parserName: string, file: string, exit: ProgramExit, chunkBytes?: number): Heard {
  return hear(parserName, readFileSync(new URL(file, recordings)), exit, chunkBytes);
}

function shown({ phase, tool, summary, isError }: ToolReport): string {
  return `${phase} ${tool}${isError === true ? "!" : ""}: ${summary ?? ""}`;
}
