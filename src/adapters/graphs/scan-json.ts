import { pointerFrom } from "../../domain/diagnostic.ts";
import { quotedText } from "../../domain/quoted-text.ts";

/** The first place where a text stops to be JSON, or where an object has a key for the second time. */
export interface JsonFault {
  readonly kind: "syntax" | "duplicate";
  readonly offset: number;
  /** What is wrong, as the end of a sentence. */
  readonly text: string;
  readonly pointer: string;
  readonly repair: string;
}

interface Container {
  readonly close: "}" | "]";
  readonly keys: Set<string>;
  key: string;
  items: number;
}

type Expected = "value" | "first value" | "key" | "first key" | "colon" | "comma" | "end";

const spoken: Record<Expected, string> = {
  value: "a value",
  "first value": 'a value or "]"',
  key: "a field name in double quotes",
  "first key": 'a field name in double quotes or "}"',
  colon: '":"',
  comma: '","',
  end: "nothing more",
};

const numberOrWord = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null/y;
// oxlint-disable-next-line no-control-regex -- JSON allows none of them in a text.
const string = /"[^"\\\u0000-\u001f]*(?:\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})[^"\\\u0000-\u001f]*)*"/y;
const blanks = /[ \t\n\r]*/y;
/** A graph is five levels deep; the bound keeps the memory of the scan small whatever the text is. */
const depthMax = 10_000;

/**
 * Reads a text as JSON just to find out what is wrong with it. `JSON.parse` says that there is something, but not always where,
 * in words that differ between engines; and it takes a repeated key without a word. Slower than it, so only asked then.
 */
export function scanJson(text: string): JsonFault | undefined {
  const open: Container[] = [];
  let expected: Expected = "value";
  let offset = 0;
  const take = (pattern: RegExp): string => {
    pattern.lastIndex = offset;
    const found = pattern.exec(text)?.[0] ?? "";
    offset += found.length;
    return found;
  };
  const afterValue = (): Expected => (open.length === 0 ? "end" : "comma");
  for (;;) {
    take(blanks);
    const inner = open.at(-1);
    const start = offset;
    const next = text[offset];
    if (next === undefined) {
      if (expected === "end") return undefined;
      return syntaxFault(open, text, start, expected);
    }
    if (expected === "end") return syntaxFault(open, text, start, expected);
    if (expected === "colon") {
      if (next !== ":") return syntaxFault(open, text, start, expected);
      offset += 1;
      expected = "value";
    } else if (inner !== undefined && next === inner.close && expected !== "value" && expected !== "key") {
      open.pop();
      offset += 1;
      expected = afterValue();
    } else if (expected === "comma") {
      if (next !== ",") return syntaxFault(open, text, start, expected);
      offset += 1;
      expected = inner?.close === "}" ? "key" : "value";
      if (inner !== undefined) inner.items += 1;
    } else if (expected === "key" || expected === "first key") {
      const token = take(string);
      if (token === "" || inner === undefined) return syntaxFault(open, text, start, expected);
      inner.key = JSON.parse(token) as string;
      if (inner.keys.has(inner.key)) return duplicateFault(open, inner.key, start);
      inner.keys.add(inner.key);
      expected = "colon";
    } else if (next === "{" || next === "[") {
      if (open.length === depthMax) return syntaxFault(open, text, start, expected);
      open.push({ close: next === "{" ? "}" : "]", keys: new Set(), key: "", items: 0 });
      offset += 1;
      expected = next === "{" ? "first key" : "first value";
    } else {
      if (take(next === '"' ? string : numberOrWord) === "") return syntaxFault(open, text, start, expected);
      expected = afterValue();
    }
  }
}

function pointerOf(open: readonly Container[]): string {
  return pointerFrom(...open.map(({ close, key, items }) => (close === "}" ? key : items)));
}

function duplicateFault(open: readonly Container[], key: string, offset: number): JsonFault {
  return {
    kind: "duplicate",
    offset,
    text: `the field ${quotedText(key)} stands twice in one object`,
    pointer: pointerOf(open),
    repair: "Keep one of the two; JSON would silently take the last.",
  };
}

function syntaxFault(open: readonly Container[], text: string, offset: number, expected: Expected): JsonFault {
  const inner = open.at(-1);
  const next = text[offset];
  const wanted = expected === "comma" ? `"," or "${inner?.close ?? ""}"` : spoken[expected];
  const found = next === undefined ? "the text ends" : `found ${quotedText(next)}`;
  return {
    kind: "syntax",
    offset,
    text: `expected ${wanted}, but ${found}`,
    pointer: "",
    repair: syntaxRepair(next, expected),
  };
}

function syntaxRepair(next: string | undefined, expected: Expected): string {
  if (next === undefined) return "Complete the text; it may have been cut off.";
  if (next === "/" || next === "#") return "Remove the comment; JSON has none.";
  if (next === "'") return "Use double quotes.";
  if ((expected === "value" || expected === "key") && (next === "]" || next === "}"))
    return "Remove the comma before it.";
  if (next === '"' && expected !== "comma" && expected !== "end") {
    return "Close the text with a double quote on the same line, and write line breaks in it as \\n.";
  }
  return "Correct the text at that place.";
}
