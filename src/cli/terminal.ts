/** What decides about colours and redrawing; nothing else looks at the environment. */
export interface TerminalFacts {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly isTTY: boolean;
  /** Whether `--no-color` was given. */
  readonly isColourRefused: boolean;
}

/**
 * `--no-color` and `NO_COLOR` (https://no-color.org: set and not empty) refuse colours, then `FORCE_COLOR` asks for them,
 * then a terminal that can show them has them.
 */
export function showsColour({ environment, isTTY, isColourRefused }: TerminalFacts): boolean {
  if (isColourRefused || isSet(environment["NO_COLOR"])) return false;
  const forced = environment["FORCE_COLOR"];
  if (isSet(forced)) return forced !== "0" && forced !== "false";
  return isTTY && environment["TERM"] !== "dumb";
}

/** Whether lines that were written can be written over. */
export function canRedraw({ environment, isTTY }: Omit<TerminalFacts, "isColourRefused">): boolean {
  return isTTY && isSet(environment["TERM"]) && environment["TERM"] !== "dumb";
}

function isSet(value: string | undefined): value is string {
  return value !== undefined && value !== "";
}

/** Marks texts, or leaves them as they are. */
export interface Style {
  readonly bold: (text: string) => string;
  readonly dim: (text: string) => string;
  readonly red: (text: string) => string;
  readonly green: (text: string) => string;
  readonly yellow: (text: string) => string;
  readonly blue: (text: string) => string;
}

/** Select Graphic Rendition codes of ECMA-48, each with the one that ends it. */
export function styleOf(isColoured: boolean): Style {
  const mark =
    (begin: number, end: number) =>
    (text: string): string =>
      isColoured && text !== "" ? `\u001b[${begin}m${text}\u001b[${end}m` : text;
  return {
    bold: mark(1, 22),
    dim: mark(2, 22),
    red: mark(31, 39),
    green: mark(32, 39),
    yellow: mark(33, 39),
    blue: mark(34, 39),
  };
}
