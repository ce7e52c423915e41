import { parseDocument } from "yaml";
import { limits } from "../../../domain/limits.ts";
import { reasonOf } from "./reason-of.ts";

/** A Markdown file in its two parts. */
export interface FrontMatter {
  readonly fields: ReadonlyMap<string, unknown>;
  /** All after the closing line, without blank lines around it. */
  readonly body: string;
}

const closing = /^---[ \t]*$/m;

/**
 * Reads the YAML between two lines of three dashes at the beginning of a text, and what comes after it. Gives a sentence instead where there
 * is none, or where it is no record of fields. Aliases are refused: a few lines of them can stand for gigabytes.
 */
export function frontMatter(text: string): FrontMatter | string {
  const lines = text.replace(/^\uFEFF/, "").replaceAll("\r\n", "\n");
  const opening = /^---[ \t]*\n/.exec(lines);
  if (opening === null) return "It does not begin with a line of three dashes.";
  const rest = lines.slice(opening[0].length);
  const end = closing.exec(rest);
  if (end === null) return "Its front matter has no closing line of three dashes.";
  if (end.index > limits.agentFrontMatterCharsMax) {
    return `Its front matter has more than ${limits.agentFrontMatterCharsMax} characters.`;
  }
  const value = yamlValue(rest.slice(0, end.index));
  if ("problem" in value) return `Its front matter cannot be read: ${value.problem}`;
  const { fields } = value;
  if (typeof fields !== "object" || fields === null || Array.isArray(fields))
    return "Its front matter is no record of fields.";
  return { fields: new Map(Object.entries(fields)), body: rest.slice(end.index + end[0].length).trim() };
}

function yamlValue(yaml: string): { readonly fields: unknown } | { readonly problem: string } {
  try {
    // Each error would be shown with its place, for which the whole text is searched: a file of nothing but errors takes minutes.
    const document = parseDocument(yaml, {
      schema: "core",
      uniqueKeys: true,
      logLevel: "silent",
      prettyErrors: false,
    });
    const [error] = document.errors;
    if (error !== undefined) return { problem: `${error.message.split("\n", 1)[0]} ${placeIn(yaml, error.pos[0])}` };
    return { fields: document.toJS({ maxAliasCount: 0 }) };
  } catch (error) {
    // Nesting that is too deep, and aliases, come as exceptions.
    return { problem: reasonOf(error) };
  }
}

function placeIn(text: string, index: number): string {
  const before = text.slice(0, index).split("\n");
  return `at line ${before.length}, column ${(before.at(-1) ?? "").length + 1}.`;
}
