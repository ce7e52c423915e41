import type { StepSnapshot } from "../../../projections/step-snapshot.ts";
import type { Camera, Size } from "./camera.ts";
import { nodeSize, type Edge, type GraphLayout, type Place } from "./drawing.ts";
import { fitLabel } from "./fit-label.ts";
import type { Palette } from "./palette.ts";
import { shapePaths } from "./shape-paths.ts";
import { stepShapes } from "./status-shapes.ts";

export interface Scene {
  readonly layout: GraphLayout;
  readonly camera: Camera;
  readonly screen: Size;
  readonly palette: Palette;
  /** By number in declared order. */
  readonly stepAt: (number: number) => StepSnapshot | undefined;
  readonly selected: number | undefined;
  /** The step that the keyboard is at, where the drawing has the focus. */
  readonly current: number | undefined;
  readonly hovered: number | undefined;
  readonly isDimmed: (step: StepSnapshot) => boolean;
}

/** From this size of a box on it has a label; below, its sign; and below that only its colour. */
const labelScale = 0.42;
const signScale = 0.2;
/** Labels are no smaller than this, in pixels, whatever the scale. */
const labelPixelsMin = 9.5;

/** Paints the whole drawing. What lies outside of the screen is passed over. */
export function paintGraph(context: CanvasRenderingContext2D, scene: Scene): void {
  const { layout, screen } = scene;
  context.clearRect(0, 0, screen.width, screen.height);
  paintEdges(context, scene);
  for (let number = 0; number < layout.places.length; number++) {
    if (number !== scene.selected && number !== scene.current) paintStep(context, scene, number);
  }
  for (const number of new Set([scene.selected, scene.current])) {
    if (number !== undefined) paintStep(context, scene, number);
  }
}

function paintEdges(context: CanvasRenderingContext2D, scene: Scene): void {
  const { layout, camera, palette } = scene;
  const near = scene.hovered ?? scene.selected ?? scene.current;
  const isCrowded = layout.edges.length > 400;
  for (const isNeed of [true, false]) {
    context.setLineDash(isNeed ? [] : [4, 4]);
    context.strokeStyle = palette.edge;
    context.globalAlpha = isCrowded ? (near === undefined ? 0.55 : 0.3) : near === undefined ? 1 : 0.6;
    context.lineWidth = Math.max(0.5, Math.min(1.25, camera.scale * 1.5));
    context.beginPath();
    for (const edge of layout.edges) if (edge.isNeed === isNeed) traceEdge(context, scene, edge);
    context.stroke();
    if (near === undefined) continue;
    context.globalAlpha = 1;
    context.strokeStyle = palette.accent;
    context.lineWidth = Math.max(1.25, Math.min(2, camera.scale * 2));
    context.beginPath();
    for (const edge of layout.edges) {
      if (edge.isNeed === isNeed && (edge.from === near || edge.to === near)) traceEdge(context, scene, edge);
    }
    context.stroke();
  }
  context.setLineDash([]);
  context.globalAlpha = 1;
}

function traceEdge(context: CanvasRenderingContext2D, { layout, camera, screen }: Scene, { from, to }: Edge): void {
  const start = corner(layout.places[from]!, camera, 1);
  const end = corner(layout.places[to]!, camera, -1);
  if (Math.max(start.x, end.x) < 0 || Math.min(start.x, end.x) > screen.width) return;
  if (Math.max(start.y, end.y) < 0 || Math.min(start.y, end.y) > screen.height) return;
  const bend = Math.max(12 * camera.scale, Math.min(Math.abs(end.x - start.x) / 2, 120 * camera.scale));
  context.moveTo(start.x, start.y);
  context.bezierCurveTo(start.x + bend, start.y, end.x - bend, end.y, end.x, end.y);
}

/** Where edges leave (1) and reach (-1) a box. */
function corner({ x, y }: Place, camera: Camera, side: 1 | -1): { x: number; y: number } {
  return { x: (x + (side * nodeSize.width) / 2) * camera.scale + camera.x, y: y * camera.scale + camera.y };
}

function paintStep(context: CanvasRenderingContext2D, scene: Scene, number: number): void {
  const { layout, camera, screen, palette } = scene;
  const step = scene.stepAt(number);
  const place = layout.places[number]!;
  const scale = camera.scale;
  const [width, height] = [nodeSize.width * scale, nodeSize.height * scale];
  const x = place.x * scale + camera.x - width / 2;
  const y = place.y * scale + camera.y - height / 2;
  if (step === undefined || x > screen.width || y > screen.height || x + width < 0 || y + height < 0) return;
  const shape = stepShapes[step.status];
  const color = palette.status[shape.color]!;
  const isPlain = scale < labelScale;
  context.beginPath();
  context.roundRect(x, y, width, height, Math.max(1, 5 * scale));
  context.fillStyle = palette.box;
  context.fill();
  context.globalAlpha = scene.isDimmed(step) ? 0.22 : 1;
  context.fillStyle = isPlain && step.status !== "pending" ? color : palette.tint[shape.color]!;
  // What went well steps back, so that the few that did not are seen at once.
  if (isPlain && step.status === "succeeded") context.globalAlpha *= 0.6;
  context.fill();
  context.globalAlpha = scene.isDimmed(step) ? 0.22 : 1;
  const isMarked = number === scene.selected || number === scene.current || number === scene.hovered;
  context.strokeStyle = isMarked ? palette.accent : color;
  context.lineWidth = isMarked ? 2 : step.status === "running" ? 1.5 : Math.min(1, scale * 1.6);
  context.stroke();
  if (number === scene.current || number === scene.selected) ring(context, scene, { x, y, width, height });
  if (scale >= signScale) {
    const side = isPlain ? Math.min(height * 0.8, 12) : 12 * scale;
    const left = isPlain ? x + (width - side) / 2 : x + 9 * scale;
    const ink = isPlain && step.status !== "pending" ? palette.box : color;
    paintSign(context, step, { x: left, y: y + (height - side) / 2, side, ink });
  }
  if (!isPlain) paintLabel(context, scene, step, { x: x + 27 * scale, y, width: width - 34 * scale, height });
  context.globalAlpha = 1;
}

function ring(
  context: CanvasRenderingContext2D,
  { palette, selected, current }: Scene,
  { x, y, width, height }: { x: number; y: number; width: number; height: number },
): void {
  const room = 3;
  context.beginPath();
  context.roundRect(x - room, y - room, width + 2 * room, height + 2 * room, 6);
  context.strokeStyle = palette.accent;
  context.lineWidth = current === undefined || current === selected ? 2 : 1.5;
  context.stroke();
}

function paintSign(
  context: CanvasRenderingContext2D,
  step: StepSnapshot,
  { x, y, side, ink }: { x: number; y: number; side: number; ink: string },
): void {
  const path = shapePaths()[step.status];
  context.save();
  context.translate(x, y);
  context.scale(side / 12, side / 12);
  context.lineWidth = 1.7;
  context.lineCap = "round";
  context.lineJoin = "round";
  context.strokeStyle = ink;
  context.fillStyle = ink;
  if (stepShapes[step.status].isFilled) context.fill(path);
  else context.stroke(path);
  context.restore();
}

function paintLabel(
  context: CanvasRenderingContext2D,
  { camera, palette }: Scene,
  step: StepSnapshot,
  { x, y, width, height }: { x: number; y: number; width: number; height: number },
): void {
  const note = step.attempt > 1 ? `×${step.attempt}` : "";
  context.textBaseline = "middle";
  const pixels = Math.max(labelPixelsMin, 12 * camera.scale);
  context.font = `${pixels * 0.92}px ${palette.font}`;
  context.fillStyle = palette.muted;
  const noteWidth = note === "" ? 0 : context.measureText(note).width + 6 * camera.scale;
  if (note !== "") context.fillText(note, x + width - noteWidth + 6 * camera.scale, y + height / 2);
  context.font = `${pixels}px ${palette.font}`;
  context.fillStyle = step.status === "pending" ? palette.muted : palette.text;
  context.fillText(fitLabel(context, step.id, width - noteWidth), x, y + height / 2 + 0.5);
}
