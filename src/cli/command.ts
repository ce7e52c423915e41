import type { ExitCode } from "./exit-codes.ts";
import type { Output } from "./output.ts";
import type { Style } from "./terminal.ts";

/** One call of the command, its line already checked. */
export interface Invocation {
  /** The arguments that are no options, as many as the command takes. */
  readonly positionals: readonly string[];
  readonly options: ReadonlyMap<string, string | true>;
  /** Whether output is for programs: NDJSON. */
  readonly isJson: boolean;
  readonly db: string;
  readonly out: Output;
  readonly err: Output;
  /** For `out` and for `err`: one may be a terminal, the other a file. */
  readonly style: Style;
  readonly errStyle: Style;
}

/** What a file in `commands/` exports as `execute`. */
export type Execute = (invocation: Invocation) => Promise<ExitCode>;

/** The value of an option that takes one. */
export function textOption({ options }: Pick<Invocation, "options">, name: string): string | undefined {
  const value = options.get(name);
  return typeof value === "string" ? value : undefined;
}

export function hasOption({ options }: Pick<Invocation, "options">, name: string): boolean {
  return options.has(name);
}

/** An argument that the command line was checked to have. */
export function positional({ positionals }: Pick<Invocation, "positionals">, index: number): string {
  return positionals[index] ?? "";
}
