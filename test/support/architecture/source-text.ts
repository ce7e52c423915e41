/** A source file as the rules read it: code, texts and comments apart, so that a banned word in a text is no violation. */
export interface SourceText {
  /** The code, each string replaced by `"n"`, its number in {@link strings}; comments and regular expressions left out. */
  readonly code: string;
  readonly strings: readonly string[];
  readonly comments: string;
}

/** After one of these a slash begins a regular expression, not a division. */
const beforeRegex = /(?:^|[(,=:[!&|?{};+\-*%~^<>}]|\b(?:return|typeof|case|in|of|delete|void|throw|new|await|yield))$/;

/**
 * Takes a TypeScript source apart. Knows strings, template literals (whose holes are code), comments and regular expressions;
 * that is enough to find words and imports, and needs no compiler.
 */
export function takeApart(text: string): SourceText {
  const strings: string[] = [];
  const comments: string[] = [];
  /** The depths of braces at which a hole of a template literal ends. */
  const holes: number[] = [];
  let code = "";
  let depth = 0;
  let at = 0;

  while (at < text.length) {
    const character = text[at]!;
    if (text.startsWith("//", at)) comments.push(take(endOfLine(at)));
    else if (text.startsWith("/*", at)) {
      const comment = take(endAfter("*/", at + 2));
      comments.push(comment);
      code += "\n".repeat(comment.split("\n").length - 1);
    } else if (character === '"' || character === "'") {
      code += quoted(take(endOfQuoted(at, character)).slice(1, -1));
    } else if (character === "`") {
      at++;
      takeTemplate();
    } else if (character === "}" && holes.at(-1) === depth) {
      holes.pop();
      at++;
      code += ")";
      takeTemplate();
    } else if (character === "/" && beforeRegex.test(code.trimEnd())) {
      take(endOfRegex(at));
      code += " 0 ";
    } else {
      if (character === "{") depth++;
      if (character === "}") depth--;
      code += take(at + 1);
    }
  }
  return { code, strings, comments: comments.join("\n") };

  function take(end: number): string {
    const taken = text.slice(at, end);
    at = end;
    return taken;
  }

  function quoted(content: string): string {
    return `"${strings.push(content) - 1}"`;
  }

  /** From within a template literal to its end, or to the beginning of its next hole. */
  function takeTemplate(): void {
    let end = at;
    while (end < text.length && text[end] !== "`" && !text.startsWith("${", end)) end += text[end] === "\\" ? 2 : 1;
    code += quoted(take(end));
    const isHole = text[at] === "$";
    at += isHole ? 2 : 1;
    if (!isHole) return;
    holes.push(depth);
    code += "+(";
  }

  function endOfLine(from: number): number {
    const end = text.indexOf("\n", from);
    return end === -1 ? text.length : end;
  }

  function endAfter(mark: string, from: number): number {
    const end = text.indexOf(mark, from);
    return end === -1 ? text.length : end + mark.length;
  }

  function endOfQuoted(from: number, quote: string): number {
    let end = from + 1;
    while (end < text.length && text[end] !== quote) end += text[end] === "\\" ? 2 : 1;
    return end + 1;
  }

  function endOfRegex(from: number): number {
    let isClass = false;
    let end = from + 1;
    for (; end < text.length && text[end] !== "\n" && (isClass || text[end] !== "/"); end++) {
      if (text[end] === "\\") end++;
      else if (text[end] === "[") isClass = true;
      else if (text[end] === "]") isClass = false;
    }
    end++;
    while (/[a-z]/.test(text[end] ?? "")) end++;
    return end;
  }
}
