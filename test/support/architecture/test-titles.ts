import type { SourceFile } from "./source-file.ts";

/**
 * The titles of all tests of a file as they are written there: those of `it.each` with their placeholders, those that are template
 * literals with their holes. A title that is computed in any other way is left out.
 */
export function testTitles({ code, strings }: SourceFile): string[] {
  const found: string[] = [];
  for (const { index } of code.matchAll(/(?<![.\w$])(?:it|test)\b(?=\s*[.(<])/g)) {
    const start = titleStart(code, index + /^\w+/.exec(code.slice(index))![0].length);
    const title = start === undefined ? undefined : titleAt(code, strings, start);
    if (title !== undefined) found.push(title);
  }
  return found;
}

/** Where the title begins: after the first parenthesis of the chain that a text follows. */
function titleStart(code: string, from: number): number | undefined {
  let at = from;
  for (;;) {
    const [step] = /^\s*(?:\.\s*\w+|<|\()?/.exec(code.slice(at))!;
    const mark = step.trim()[0];
    if (mark === undefined) return undefined;
    at += step.length;
    if (mark === "<") at = after(code, at, "<", ">");
    else if (mark === "(") {
      if (/^\s*"\d+"/.test(code.slice(at))) return at;
      at = after(code, at, "(", ")");
    }
  }
}

/** The place after the bracket that closes the one before `from`. The arrow of a function type closes nothing. */
function after(code: string, from: number, open: string, close: string): number {
  let depth = 1;
  let at = from;
  for (; at < code.length && depth > 0; at++) {
    if (code[at] === open) depth++;
    else if (code[at] === close && code[at - 1] !== "=") depth--;
  }
  return at;
}

/** A string, or a template literal, which is its parts with `+(` and `)` around what is in its holes. */
function titleAt(code: string, strings: readonly string[], from: number): string | undefined {
  let title = "";
  for (let at = from; ;) {
    const [taken, number, hole] = /^\s*"(\d+)"(?:\+\(([^()"]*)\)|(?=\s*,))/.exec(code.slice(at)) ?? [];
    if (taken === undefined) return undefined;
    title += strings[Number(number)]!;
    if (hole === undefined) return title.replace(/\\(["'`])/g, "$1");
    title += `\${${hole}}`;
    at += taken.length;
  }
}
