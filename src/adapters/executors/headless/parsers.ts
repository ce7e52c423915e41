import { quotedText } from "../../../domain/quoted-text.ts";
import { ClaudeReader } from "./claude-parser.ts";
import { CodexReader } from "./codex-parser.ts";
import { GeminiReader } from "./gemini-parser.ts";
import { jsonLineParser, type MakeReader } from "./json-line-parser.ts";
import type { LineParser, ParserSink } from "./line-parser.ts";
import { OpencodeReader } from "./opencode-parser.ts";
import { PiJsonReader } from "./pi-json-parser.ts";
import { textParser } from "./text-parser.ts";

type MakeParser = (sink: ParserSink) => LineParser;

const json =
  (program: string, makeReader: MakeReader): MakeParser =>
  (sink) =>
    jsonLineParser(program, sink, makeReader);

const parsers: ReadonlyMap<string, MakeParser> = new Map<string, MakeParser>([
  ["claude", json("claude", (sink, account) => new ClaudeReader(sink, account))],
  ["codex", json("codex", (sink, account) => new CodexReader(sink, account))],
  ["gemini", json("gemini", (sink, account) => new GeminiReader(sink, account))],
  ["opencode", json("opencode", (sink, account) => new OpencodeReader(sink, account))],
  ["pi-json", json("pi", (sink, account) => new PiJsonReader(sink, account))],
  ["text", textParser],
]);

/** The names that a step may give as its `parser`. */
export const parserNames: readonly string[] = [...parsers.keys()];

/** Why there is no parser of that name, or undefined where there is one. */
export function parserProblem(name: string): string | undefined {
  if (parsers.has(name)) return undefined;
  return `There is no parser ${quotedText(name)}; there are ${parserNames.map(quotedText).join(", ")}.`;
}

/** A new parser of that name, or undefined where there is none. */
export function createParser(name: string, sink: ParserSink): LineParser | undefined {
  return parsers.get(name)?.(sink);
}
