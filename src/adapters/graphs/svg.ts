import { RunfoldError } from "../../domain/errors.ts";
import type { GraphDocument } from "../../domain/graph-document.ts";
import type { StepId } from "../../domain/ids.ts";
import type { StepStatus } from "../../domain/status.ts";
import { drawnEdgesOf, sinksOf, type DrawnEdge } from "./drawn-edges.ts";
import { layOut } from "./lay-out.ts";
import type { Box, Point } from "./layout.ts";
import { shortWorkOf } from "./short-work.ts";
import { svgStyle } from "./svg-style.ts";

/** Laying out takes more than linear time, and nobody reads a larger picture. */
export const drawnStepsMax = 2_000;

/**
 * Draws a graph as one self-contained SVG without scripts: a box a step with its id and its work, `needs` as solid lines,
 * `after` as dashed ones, sinks with a bold frame, statuses, where they are given, as colours. Follows the viewer's light or
 * dark scheme.
 *
 * @throws `graph.invalid` above {@link drawnStepsMax} steps.
 */
export async function svgOf(document: GraphDocument, statuses?: ReadonlyMap<StepId, StepStatus>): Promise<string> {
  const count = document.steps.length;
  if (count > drawnStepsMax) {
    const message = `A graph of ${count} steps is too large for an SVG, which takes at most ${drawnStepsMax}. Draw it with Mermaid.`;
    throw new RunfoldError("graph.invalid", message, { details: { steps: count, stepsMax: drawnStepsMax } });
  }
  const sizes = document.steps.map((step) => sizeOf(step.id, shortWorkOf(step)));
  const edges = drawnEdgesOf(document);
  const { width, height, boxes, lines } = await layOut(sizes, edges);
  const sinks = sinksOf(document);
  const drawnSteps = document.steps.map((step, index) =>
    boxSvg(boxes[index], step.id, shortWorkOf(step), statuses?.get(step.id), sinks.has(index)),
  );
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-labelledby="title desc">`,
    `<title id="title">${escaped(document.name)}</title>`,
    `<desc id="desc">${escaped(descriptionOf(document))}</desc>`,
    svgStyle,
    `<rect class="ground" width="${width}" height="${height}"/>`,
    ...edges.map((edge, index) => edgeSvg(edge, lines[index] ?? [])),
    ...drawnSteps,
    "</svg>",
    "",
  ].join("\n");
}

const idCharWidth = 8;
const workCharWidth = 6.7;

/** Fonts differ from viewer to viewer, so the widths are those of a wide one. */
function sizeOf(id: string, work: string): { readonly width: number; readonly height: number } {
  return { width: Math.ceil(Math.max(id.length * idCharWidth, work.length * workCharWidth, 60) + 24), height: 46 };
}

function boxSvg(box: Box | undefined, id: string, work: string, status: StepStatus | undefined, sink: boolean): string {
  if (box === undefined) return "";
  const { x, y, width, height } = box;
  const classes = ["step", ...(sink ? ["sink"] : []), ...(status === undefined ? [] : [status])].join(" ");
  const state = status === undefined ? "" : `, ${status}`;
  return [
    `<g class="${classes}"><title>${escaped(`${id}${state}: ${work}`)}</title>`,
    `<rect x="${round(x - width / 2)}" y="${round(y - height / 2)}" width="${width}" height="${height}" rx="6"/>`,
    `<text class="id" x="${round(x)}" y="${round(y - 4)}">${escaped(id)}</text>`,
    `<text class="work" x="${round(x)}" y="${round(y + 13)}">${escaped(work)}</text></g>`,
  ].join("");
}

function edgeSvg({ kind }: DrawnEdge, points: readonly Point[]): string {
  const path = points.map(({ x, y }, index) => `${index === 0 ? "M" : "L"}${round(x)} ${round(y)}`).join(" ");
  const [end, before] = [points.at(-1), points.at(-2)];
  if (end === undefined || before === undefined) return "";
  return `<path class="edge ${kind}" d="${path}"/><path class="tip" d="${tipOf(before, end)}"/>`;
}

/** An arrow head as a path of its own: markers do not follow the colours of the scheme everywhere. */
function tipOf(before: Point, end: Point): string {
  const angle = Math.atan2(end.y - before.y, end.x - before.x);
  const corner = (turn: number): string =>
    `${round(end.x - 9 * Math.cos(angle + turn))} ${round(end.y - 9 * Math.sin(angle + turn))}`;
  return `M${round(end.x)} ${round(end.y)} L${corner(0.45)} L${corner(-0.45)} Z`;
}

function descriptionOf({ objective, steps }: GraphDocument): string {
  const shown = objective.length > 500 ? `${objective.slice(0, 500)}…` : objective;
  return `${shown} (${steps.length === 1 ? "1 step" : `${steps.length} steps`}; solid lines: needs, dashed lines: after)`;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}

const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** Escapes what XML reads, and replaces what it may not contain at all. */
function escaped(text: string): string {
  return text
    .replaceAll(/[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu, "\uFFFD")
    .replaceAll(/[&<>"']/g, (character) => entities[character] ?? "");
}
