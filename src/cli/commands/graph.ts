import { readFile } from "node:fs/promises";
import { textOption, type Execute } from "../command.ts";
import { CommandError, diagnosticLines } from "../errors.ts";
import { exitCodes } from "../exit-codes.ts";
import { readGraph } from "../read-graph.ts";
import { nearestWord } from "../../domain/nearest-word.ts";
import { quotedText } from "../../domain/quoted-text.ts";
import type { GraphDocument } from "../../index.ts";

const formats = ["mermaid", "svg", "json-schema"] as const;
type Format = (typeof formats)[number];

export const execute: Execute = async (invocation) => {
  const { out, err } = invocation;
  const format = formatOf(textOption(invocation, "format") ?? "mermaid");
  const path = invocation.positionals[0];
  if (format === "json-schema") {
    // As far from here in `src` as it is in `dist`.
    await out.write(await readFile(new URL("../../../schema/graph.schema.json", import.meta.url), "utf8"));
    return exitCodes.done;
  }
  if (path === undefined) {
    throw new CommandError("usage.invalid", "graph needs GRAPH.json. Only --format json-schema does without a file.");
  }
  const { graph, warnings } = await readGraph(path);
  for (const warning of warnings) await err.line(diagnosticLines(warning).join("\n"));
  await out.write(await drawn(graph.document, format));
  return exitCodes.done;
};

function formatOf(given: string): Format {
  const format = formats.find((known) => known === given);
  if (format !== undefined) return format;
  const nearest = nearestWord(given, formats, 3);
  const hint = nearest === undefined ? "" : ` Did you mean ${nearest}?`;
  throw new CommandError(
    "usage.invalid",
    `There is no format ${quotedText(given)}.${hint} The formats: ${formats.join(", ")}.`,
  );
}

/** Laying out is loaded only for the format that needs it. */
async function drawn(document: GraphDocument, format: Exclude<Format, "json-schema">): Promise<string> {
  if (format === "svg") return (await import("../../adapters/graphs/svg.ts")).svgOf(document);
  return (await import("../../adapters/graphs/mermaid.ts")).mermaidOf(document);
}
