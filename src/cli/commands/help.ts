import { usageLine, wordsOf } from "../command-line.ts";
import { commandWords, commonOptions, type OptionWords } from "../command-words.ts";

/** What `runfold --help` and `runfold COMMAND --help` print. */
export function helpText(command: string | undefined): string {
  return command === undefined ? overview() : helpOf(command);
}

function overview(): string {
  const rows = Object.entries(commandWords).map(([name, { summary }]) => [name, summary] as const);
  return [
    "runfold: runs graphs of steps; every run is a journal that can be watched, waited on and explained.",
    "",
    "Usage: runfold COMMAND [ARGUMENTS] [OPTIONS]",
    "",
    ...columns(rows),
    "",
    "Every command takes:",
    ...optionLines({ ...commonOptions, version: { says: "print the version (without a command)" } }),
    "",
    "Examples:",
    "  runfold run audit.json --id audit-42",
    "  runfold status audit-42 --wait 30",
    "  runfold help run",
    "",
  ].join("\n");
}

function helpOf(command: string): string {
  const words = wordsOf(command);
  return [
    `runfold ${command}: ${words.summary}`,
    "",
    `Usage: ${usageLine(command, words)}`,
    ...(words.details === "" ? [] : ["", words.details]),
    "",
    "Options:",
    ...optionLines({ ...words.options, ...commonOptions }),
    "",
    "Examples:",
    ...words.examples.map((example) => `  ${example}`),
    "",
  ].join("\n");
}

function optionLines(options: Readonly<Record<string, OptionWords>>): string[] {
  return columns(
    Object.entries(options).map(([name, { value, says }]) => [
      `--${name}${value === undefined ? "" : ` ${value}`}`,
      says,
    ]),
  );
}

function columns(rows: readonly (readonly [string, string])[]): string[] {
  const width = Math.max(...rows.map(([left]) => left.length));
  return rows.map(([left, right]) => `  ${left.padEnd(width)}  ${right}`);
}
