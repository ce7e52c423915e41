import { parseArgs } from "node:util";
import { nearestWord } from "../domain/nearest-word.ts";
import { quotedText } from "../domain/quoted-text.ts";
import { commandWords, commonOptions, type CommandWords, type OptionWords } from "./command-words.ts";
import { CommandError } from "./errors.ts";

/** What a command line asks for, before anything is loaded. */
export type CommandLine =
  | { readonly asks: "version" }
  | { readonly asks: "help"; readonly command: string | undefined }
  | {
      readonly asks: "command";
      readonly command: string;
      readonly positionals: readonly string[];
      readonly options: ReadonlyMap<string, string | true>;
    };

const typosMax = 3;

/** @throws CommandError for what cannot be meant, with the nearest thing that can. */
export function readCommandLine(line: readonly string[]): CommandLine {
  const [first, ...rest] = line;
  if (first === undefined || first === "--help" || first === "-h") return { asks: "help", command: undefined };
  if (first === "--version" || first === "-V") return { asks: "version" };
  if (first.startsWith("-")) {
    throw usage(
      `The command comes first, but the line begins with ${quotedText(first)}. Write runfold COMMAND ${first} …`,
    );
  }
  const words = wordsOf(first);
  const { positionals, options } = readOptions(first, words, rest);
  if (options.has("help")) return { asks: "help", command: first };
  if (first === "help") return { asks: "help", command: positionals[0] };
  checkPositionals(first, words, positionals);
  return { asks: "command", command: first, positionals, options };
}

/** Whether errors go out as JSON: also those of a line that cannot be read. */
export function asksForJson(line: readonly string[]): boolean {
  const end = line.indexOf("--");
  return line.slice(0, end === -1 ? undefined : end).includes("--json");
}

export function wordsOf(command: string): CommandWords {
  if (Object.hasOwn(commandWords, command)) return commandWords[command]!;
  const nearest = nearestWord(command, Object.keys(commandWords), typosMax);
  const hint = nearest === undefined ? "" : ` Did you mean ${nearest}?`;
  const known = Object.keys(commandWords).join(", ");
  throw usage(`There is no command ${quotedText(command)}.${hint} The commands: ${known}.`);
}

function readOptions(command: string, words: CommandWords, args: readonly string[]) {
  const known: Readonly<Record<string, OptionWords>> = { ...words.options, ...commonOptions };
  const { tokens } = parseArgs({
    args: [...args],
    options: {
      ...Object.fromEntries(
        Object.entries(known).map(([name, { value }]) => [
          name,
          { type: value === undefined ? "boolean" : "string" } as const,
        ]),
      ),
      help: { type: "boolean", short: "h" },
    },
    // Not strict: its messages know no suggestions. Every token is checked here instead.
    strict: false,
    allowPositionals: true,
    tokens: true,
  });
  const positionals: string[] = [];
  const options = new Map<string, string | true>();
  for (const token of tokens) {
    if (token.kind === "positional") positionals.push(token.value);
    if (token.kind === "option") options.set(token.name, valueOf(command, known, token));
  }
  return { positionals, options };
}

interface OptionToken {
  readonly name: string;
  readonly rawName: string;
  readonly value?: string | undefined;
  readonly inlineValue?: boolean | undefined;
}

function valueOf(
  command: string,
  known: Readonly<Record<string, OptionWords>>,
  { name, rawName, value, inlineValue }: OptionToken,
): string | true {
  if (!Object.hasOwn(known, name)) {
    const nearest = nearestWord(name, Object.keys(known), typosMax);
    const hint = nearest === undefined ? "" : ` Did you mean --${nearest}?`;
    throw usage(`${command} has no option ${quotedText(rawName)}.${hint} See runfold ${command} --help.`);
  }
  const takes = known[name]!.value;
  if (takes === undefined) {
    if (inlineValue === true) throw usage(`${rawName} takes no value. Write ${rawName} alone.`);
    return true;
  }
  // A value that looks like an option is more often one that was forgotten.
  const isForgotten = value === undefined || (inlineValue !== true && value.startsWith("-") && value !== "-");
  if (isForgotten) throw usage(`${rawName} needs a value. Write ${rawName}=${takes}.`);
  return value;
}

function checkPositionals(command: string, words: CommandWords, given: readonly string[]): void {
  const missing = words.positionals.find(({ isOptional }, index) => isOptional !== true && given[index] === undefined);
  if (missing !== undefined) {
    throw usage(`${command} needs ${missing.name}. Write ${usageLine(command, words)}`);
  }
  const extra = given[words.positionals.length];
  if (extra !== undefined) {
    throw usage(`${command} does not take ${quotedText(extra)}. Write ${usageLine(command, words)}`);
  }
}

export function usageLine(command: string, words: CommandWords): string {
  const parts = words.positionals.map(({ name, isOptional }) => (isOptional === true ? `[${name}]` : name));
  const options = Object.entries(words.options).map(([name, { value }]) =>
    value === undefined ? `[--${name}]` : `[--${name} ${value}]`,
  );
  return ["runfold", command, ...parts, ...options].join(" ");
}

function usage(message: string): CommandError {
  return new CommandError("usage.invalid", message);
}
