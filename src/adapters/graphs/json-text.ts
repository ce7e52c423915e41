import type { GraphDiagnostic } from "../../domain/diagnostic.ts";
import { limits } from "../../domain/limits.ts";
import { countKeysInText, countKeysInValue } from "./count-keys.ts";
import { scanJson, type JsonFault } from "./scan-json.ts";

export type ParsedText =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly diagnostic: GraphDiagnostic };

/** Characters of the line that a message shows on each side of the fault. */
const excerptCharsMax = 30;

/**
 * Parses a JSON text; a byte order mark is skipped. A text that is empty, too long, not JSON, or has a key twice in one object
 * gives a diagnostic with line, column and an excerpt.
 *
 * That a key is repeated shows in the numbers: the text has more keys than the value. Only then is it looked for.
 */
export function parseJsonText(given: string): ParsedText {
  const text = given.startsWith("\uFEFF") ? given.slice(1) : given;
  if (text.length > limits.graphFileBytesMax) return refused(tooLarge(text.length));
  if (text.trim() === "") return refused(empty);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return refused(faultDiagnostic(text, scanJson(text)));
  }
  if (countKeysInText(text) === countKeysInValue(value)) return { ok: true, value };
  return refused(faultDiagnostic(text, scanJson(text)));
}

function refused(diagnostic: GraphDiagnostic): ParsedText {
  return { ok: false, diagnostic };
}

const empty: GraphDiagnostic = {
  code: "graph-json-invalid",
  severity: "error",
  message: "The text is empty.",
  pointer: "",
  repair: 'Write an object with "name", "objective" and "steps".',
};

function tooLarge(chars: number): GraphDiagnostic {
  return {
    code: "graph-file-too-large",
    severity: "error",
    message: `The text has ${chars} characters; at most ${limits.graphFileBytesMax} are possible.`,
    pointer: "",
    repair: "Split the work into several graphs, and keep large inputs in files of their own.",
  };
}

function faultDiagnostic(text: string, fault: JsonFault | undefined): GraphDiagnostic {
  const where =
    fault === undefined ? "" : `line ${lineOf(text, fault.offset)}, column ${columnOf(text, fault.offset)}: `;
  const what = fault === undefined ? "it cannot be read" : `${fault.text}, near \`${excerptOf(text, fault.offset)}\``;
  return {
    code: "graph-json-invalid",
    severity: "error",
    message: `The text is not ${fault?.kind === "duplicate" ? "clear" : "JSON"}: ${where}${what}.`,
    pointer: fault?.pointer ?? "",
    repair: fault?.repair ?? "Write the graph as JSON.",
  };
}

function lineOf(text: string, offset: number): number {
  let line = 1;
  for (let at = text.indexOf("\n"); at !== -1 && at < offset; at = text.indexOf("\n", at + 1)) line += 1;
  return line;
}

function columnOf(text: string, offset: number): number {
  return offset === 0 ? 1 : offset - text.lastIndexOf("\n", offset - 1);
}

function excerptOf(text: string, offset: number): string {
  const before =
    text
      .slice(Math.max(0, offset - excerptCharsMax), offset)
      .split("\n")
      .at(-1) ?? "";
  const after = text.slice(offset, offset + excerptCharsMax).split("\n")[0] ?? "";
  return `${before}${after}`.replaceAll(/\p{Cc}/gu, "�").trim();
}
