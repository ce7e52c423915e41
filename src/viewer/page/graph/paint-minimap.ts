import type { StepSnapshot } from "../../../projections/step-snapshot.ts";
import { onDrawing, type Camera, type Size } from "./camera.ts";
import { nodeSize, type GraphLayout } from "./drawing.ts";
import type { Palette } from "./palette.ts";

export const minimapSize = { width: 168, height: 104 } as const;

/** The scale and the offset at which the whole drawing lies in the minimap. */
export function minimapCamera(layout: GraphLayout): Camera {
  const scale = Math.min((minimapSize.width - 8) / layout.width, (minimapSize.height - 8) / layout.height);
  return {
    scale,
    x: (minimapSize.width - layout.width * scale) / 2,
    y: (minimapSize.height - layout.height * scale) / 2,
  };
}

/** All steps as spots, and what of them is on the screen. */
export function paintMinimap(
  context: CanvasRenderingContext2D,
  layout: GraphLayout,
  palette: Palette,
  stepAt: (number: number) => StepSnapshot | undefined,
  camera: Camera,
  screen: Size,
): void {
  const map = minimapCamera(layout);
  context.clearRect(0, 0, minimapSize.width, minimapSize.height);
  const width = Math.max(2, nodeSize.width * map.scale);
  const height = Math.max(2, nodeSize.height * map.scale);
  layout.places.forEach(({ x, y }, number) => {
    context.fillStyle = palette.status[stepAt(number)?.status ?? "pending"]!;
    context.fillRect(x * map.scale + map.x - width / 2, y * map.scale + map.y - height / 2, width, height);
  });
  const start = onDrawing(camera, 0, 0);
  context.strokeStyle = palette.accent;
  context.lineWidth = 1.5;
  context.strokeRect(
    start.x * map.scale + map.x,
    start.y * map.scale + map.y,
    (screen.width / camera.scale) * map.scale,
    (screen.height / camera.scale) * map.scale,
  );
}
