import type { GraphDocument } from "../../domain/graph-document.ts";
import type { StepId } from "../../domain/ids.ts";
import { stepStatuses, type StepStatus } from "../../domain/status.ts";
import { drawnEdgesOf, sinksOf } from "./drawn-edges.ts";
import { statusColours } from "./status-colours.ts";

/**
 * Draws a graph as a Mermaid flowchart: `needs` as solid lines, `after` as dotted ones, sinks as rounded boxes, and the
 * statuses, where they are given, as colours.
 *
 * Nodes are called by their number, since Mermaid takes step ids such as `end` or `style` for its own words. Viewers refuse
 * large charts (500 edges, unless their `maxEdges` is raised); the text itself has no limit.
 */
export function mermaidOf(document: GraphDocument, statuses?: ReadonlyMap<StepId, StepStatus>): string {
  const sinks = sinksOf(document);
  const lines = ["flowchart TD"];
  for (const [index, { id }] of document.steps.entries()) {
    const label = `"${escaped(id)}"`;
    lines.push(sinks.has(index) ? `  s${index}([${label}]):::sink` : `  s${index}[${label}]`);
  }
  for (const { from, to, kind } of drawnEdgesOf(document)) {
    lines.push(`  s${from} ${kind === "needs" ? "-->" : "-.->"} s${to}`);
  }
  lines.push("  classDef sink stroke-width:3px", ...statusLines(document, statuses));
  return `${lines.join("\n")}\n`;
}

function statusLines(document: GraphDocument, statuses: ReadonlyMap<StepId, StepStatus> | undefined): string[] {
  const lines: string[] = [];
  for (const status of statuses === undefined ? [] : stepStatuses) {
    const nodes = document.steps.flatMap(({ id }, index) => (statuses?.get(id) === status ? [`s${index}`] : []));
    if (nodes.length === 0) continue;
    const { fill, line, text } = statusColours[status].light;
    lines.push(
      `  classDef ${status} fill:${fill},stroke:${line},color:${text}`,
      `  class ${nodes.join(",")} ${status}`,
    );
  }
  return lines;
}

/** Ids of a checked graph need no escape; the label is the one place where a text of others would do harm. */
function escaped(text: string): string {
  return text.replaceAll(/[^A-Za-z0-9_-]/gu, (character) => `#${character.codePointAt(0) ?? 0};`);
}
